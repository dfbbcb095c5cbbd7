package org.sgsars.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.model.LayerShape;

/** A record of settings, as experiments and manifests fill it, and as a policy reads it. */
final class SettingsTypeTest {
  enum Colour {
    RED,
    DARK_BLUE
  }

  record Shared(
      @Setting(about = "Whether it is.", fallback = "true") boolean flag,
      @Setting(about = "Whether it is, if somebody says so.") Optional<Boolean> maybe) {}

  record All(
      @Setting(about = "Steps.", unit = "iterations", least = 1, most = 9, fallback = "4")
          int interval,
      @Setting(about = "Bytes.", least = 0, most = 1L << 53, fallback = "9007199254740992")
          long bytes,
      @Setting(about = "Share.", least = 0, most = 1, fallback = "0.25") double share,
      @Setting(about = "Colour.", fallback = "dark-blue") Colour colour,
      @Setting(about = "Place.") Path place,
      @Setting(about = "Rows.", least = 1, most = 5, absent = "all") OptionalInt rows,
      @Setting(about = "Long.", least = 1, most = 5) OptionalLong length,
      @Setting(about = "Spread.", above = 0, most = 2) OptionalDouble spread,
      @Setting(about = "Note.") Optional<String> note,
      @Setting(about = "Layers.") Optional<List<LayerShape>> layers,
      Shared shared) {}

  private static final SettingsType<All> TYPE = SettingsType.of(All.class);

  private static final List<LayerShape> LAYERS = List.of(new LayerShape("fc", 3, 2));

  private static final All FULL =
      new All(
          2,
          3,
          0.5,
          Colour.RED,
          Path.of("/a/b"),
          OptionalInt.of(4),
          OptionalLong.of(5),
          OptionalDouble.of(1.5),
          Optional.of("x"),
          Optional.of(LAYERS),
          new Shared(false, Optional.of(true)));

  @Test
  void bind_nothingButWhatIsRequired_hasTheDefaults() {
    assertThat(TYPE.bind(Map.of("place", "/a")))
        .isEqualTo(
            new All(
                4,
                1L << 53,
                0.25,
                Colour.DARK_BLUE,
                Path.of("/a"),
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.empty(),
                new Shared(true, Optional.empty())));
  }

  @Test
  void values_record_areWhatBindsToItAgain() {
    assertThat(TYPE.values(FULL))
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("interval", 2L),
                    Map.entry("bytes", 3L),
                    Map.entry("share", 0.5),
                    Map.entry("colour", "red"),
                    Map.entry("place", "/a/b"),
                    Map.entry("rows", 4L),
                    Map.entry("length", 5L),
                    Map.entry("spread", 1.5),
                    Map.entry("note", "x"),
                    Map.entry("layers", "fc\t3\t2"),
                    Map.entry("flag", false),
                    Map.entry("maybe", true))));
    assertThat(TYPE.bind(TYPE.values(FULL))).isEqualTo(FULL);
  }

  /** A whole number does for a number, as experiments write it. */
  @Test
  void bind_wholeNumberForANumber_isTaken() {
    assertThat(TYPE.bind(Map.of("place", "/a", "share", 1L)).share()).isEqualTo(1.0);
  }

  @Test
  void bind_severalThatAreNotAllowed_saysEveryOne() {
    assertThatThrownBy(() -> TYPE.bind(Map.of("interval", 10L, "colour", "blue", "size", 1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "interval of All is 10; allowed: a whole number from 1 to 9; "
                + "colour of All is blue; allowed: one of [red, dark-blue]; "
                + "place of All is missing; allowed: a path; "
                + "All has no setting 'size'; allowed: [interval, bytes, share, colour, place, rows, length, spread, note, layers, flag, maybe]");
  }

  @Test
  void parameters_component_saysEverythingOfIt() {
    assertThat(TYPE.parameters().get(0))
        .isEqualTo(
            new Parameter(
                "interval",
                Parameter.Type.WHOLE_NUMBER,
                Optional.of(4L),
                false,
                new Parameter.Range(1, true, 9, List.of()),
                "iterations",
                "Steps.",
                ""));
    assertThat(TYPE.parameters()).filteredOn(Parameter::required).hasSize(1);
    assertThat(TYPE.parameters().get(5).absent()).isEqualTo("all");
    assertThat(TYPE.parameters().get(7).allowed()).isEqualTo("a number above 0.0 and at most 2.0");
  }

  record NoWord(int interval) {}

  record NoAbout(@Setting(about = " ") boolean flag) {}

  record BoxedNumber(@Setting(about = "x", least = 1, most = 2) Optional<Integer> interval) {}

  record Unlimited(@Setting(about = "x", least = 1) int interval) {}

  record Endless(@Setting(about = "x", least = 1, most = Double.POSITIVE_INFINITY) double gap) {}

  record TwoLeast(@Setting(about = "x", least = 1, above = 0, most = 3) double gap) {}

  record Reversed(@Setting(about = "x", least = 3, most = 1, fallback = "2") double gap) {}

  record Broken(@Setting(about = "x", least = 0.5, most = 3, fallback = "2") int interval) {}

  record Large(@Setting(about = "x", least = 1, most = 3e9, fallback = "2") int interval) {}

  record Outside(@Setting(about = "x", least = 1, most = 9, fallback = "0") int interval) {}

  record NoNumber(@Setting(about = "x", least = 1, most = 9, fallback = "some") int interval) {}

  record Unknown(@Setting(about = "x", fallback = "green") Colour colour) {}

  record Doubtful(@Setting(about = "x", fallback = "yes") boolean flag) {}

  record Both(@Setting(about = "x", least = 1, most = 9, fallback = "1") OptionalInt rows) {}

  record Never(@Setting(about = "x", absent = "all") boolean flag) {}

  record Limited(@Setting(about = "x", least = 1) boolean flag) {}

  record Located(@Setting(about = "x", fallback = "/tmp") Path place) {}

  record Kind(@Setting(about = "x") String kind) {}

  record Twice(@Setting(about = "x", fallback = "true") boolean flag, Shared shared) {}

  static Stream<Arguments> wrongDeclarations() {
    return Stream.of(
        Arguments.of(NoWord.class, "interval", "has no @Setting that says what it is about"),
        Arguments.of(NoAbout.class, "flag", "says nothing in about; say what it means"),
        Arguments.of(
            BoxedNumber.class,
            "interval",
            "has the type java.util.Optional<java.lang.Integer>; allowed: int, long, double, boolean, an enum, String, Path, List<LayerShape>; to be left out OptionalInt, OptionalLong, OptionalDouble or Optional of one of the others; or a record of settings"),
        Arguments.of(
            Unlimited.class,
            "interval",
            "is a number from 1.0 to NaN; give it a least and a larger most"),
        Arguments.of(
            Endless.class,
            "gap",
            "is a number from 1.0 to Infinity; give it a least and a larger most"),
        Arguments.of(TwoLeast.class, "gap", "is a number; allowed: either a least or an above"),
        Arguments.of(
            Reversed.class,
            "gap",
            "is a number from 3.0 to 1.0; give it a least and a larger most"),
        Arguments.of(
            Broken.class,
            "interval",
            "is a whole number from 0.5 to 3.0; allowed: a least and a most that are whole, of at most 2147483647"),
        Arguments.of(
            Large.class,
            "interval",
            "is a whole number from 1.0 to 3.0E9; allowed: a least and a most that are whole, of at most 2147483647"),
        Arguments.of(
            Outside.class, "interval", "has the fallback '0'; allowed: a whole number from 1 to 9"),
        Arguments.of(
            NoNumber.class,
            "interval",
            "has the fallback 'some'; allowed: a whole number from 1 to 9"),
        Arguments.of(
            Unknown.class, "colour", "has the fallback 'green'; allowed: one of [red, dark-blue]"),
        Arguments.of(Doubtful.class, "flag", "has the fallback 'yes'; allowed: true or false"),
        Arguments.of(
            Both.class, "rows", "may be left out and has a fallback; allowed: one of both"),
        Arguments.of(
            Never.class, "flag", "says what is if it is absent, but may not be; make it optional"),
        Arguments.of(Limited.class, "flag", "has limits and is no number; take them away"),
        Arguments.of(Located.class, "place", "has a fallback, and is read from a file"),
        Arguments.of(Kind.class, "kind", "has a name that is used beside a policy's settings"),
        Arguments.of(Twice.class, "flag", "is there twice; every setting needs its own name"));
  }

  /** For whoever writes a policy: which record, which component, and what would do. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongDeclarations")
  void of_declaredWrongly_isRefusedByItsName(
      Class<? extends Record> record, String component, String problem) {
    assertThatThrownBy(() -> SettingsType.of(record))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .startsWith(record.getSimpleName() + ": setting '" + component + "' of ")
        .endsWith(" " + problem);
  }

  record Choosy(@Setting(about = "x", least = 1, most = 9, fallback = "1") int interval) {
    Choosy {
      if (interval == 7) {
        throw new IllegalStateException("not seven");
      }
    }
  }

  @Test
  void bind_recordThrows_comesAsItIs() {
    assertThatThrownBy(() -> SettingsType.of(Choosy.class).bind(Map.of("interval", 7L)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("not seven");
  }
}
