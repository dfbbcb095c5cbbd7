package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerPolicy;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.SettingsType;

/** docs/tutorials/own-policy.md: its class compiles and levels, and its tables name every call. */
final class OwnPolicyTutorialTest {
  private static final Path TUTORIAL = Runs.PROJECT.resolve("docs/tutorials/own-policy.md");
  private static final Pattern CLASS = Pattern.compile("```java\n(package .*?)```", Pattern.DOTALL);
  private static final Pattern POM = Pattern.compile("```xml\n(<project .*?)```", Pattern.DOTALL);
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>([\\w-]+)</artifactId>\\s*<version>(\\d+\\.[\\d.]+)</version>");
  private static final Pattern CALL = Pattern.compile("`(\\w+)\\(");

  /** What services call of an array, and not levellers. */
  private static final Set<String> OF_SERVICES =
      Set.of("apply", "of", "save", "restore", "writeRow", "holdsWeights", "logicalToPhysical");

  private static Set<String> calls(Class<?> type) {
    Set<String> names = new TreeSet<>();
    for (Method method : type.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
        names.add(method.getName());
      }
    }
    return names;
  }

  @Test
  void tables_calls_areThoseOfLevellersAndTheirArray() throws IOException {
    Set<String> named = new TreeSet<>();
    CALL.matcher(Files.readString(TUTORIAL)).results().forEach(match -> named.add(match.group(1)));
    Set<String> there = calls(RowArray.class);
    there.removeAll(OF_SERVICES);
    there.addAll(calls(Leveller.class));

    assertThat(named).isEqualTo(there);
  }

  @Test
  void class_asItStands_compilesAndExchangesARowEveryInterval(@TempDir Path folder)
      throws Exception {
    Matcher source = CLASS.matcher(Files.readString(TUTORIAL));
    assertThat(source.find()).isTrue();
    Path file = folder.resolve("RandomHopLeveller.java");
    Files.writeString(file, source.group(1));
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                Objects.requireNonNull(System.getProperty("java.class.path")),
                "-d",
                folder.toString(),
                file.toString());
    assertThat(code).as("exit code of javac").isZero();

    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      LevellerPolicy<?> policy =
          (LevellerPolicy<?>)
              loader
                  .loadClass("org.example.RandomHopLeveller")
                  .getDeclaredConstructor()
                  .newInstance();
      assertThat(policy.kind()).isEqualTo("random-hop");
      assertThat(movesOf(policy)).isEqualTo(List.of(64L));
    }
  }

  /**
   * Maven's own defaults for these plugins are too old for Java 17, and find no test of JUnit 5.
   * All versions are those of this build.
   */
  @Test
  void pom_plugins_arePinnedToTheVersionsOfThisBuild() throws IOException {
    Matcher pom = POM.matcher(Files.readString(TUTORIAL));
    assertThat(pom.find()).isTrue();
    String build = Files.readString(Runs.PROJECT.resolve("pom.xml"));
    Map<String, String> versions = new TreeMap<>();
    VERSION
        .matcher(pom.group(1))
        .results()
        .forEach(match -> versions.put(match.group(1), match.group(2)));

    assertThat(versions)
        .containsOnlyKeys(
            "assertj-core", "junit-jupiter", "maven-compiler-plugin", "maven-surefire-plugin");
    assertThat(versions.values()).allSatisfy(v -> assertThat(build).contains(">" + v + "</"));
    assertThat(pom.group(1))
        .contains(
            "<sgsars.version>%s</sgsars.version>"
                .formatted(build.split("<version>", 2)[1].split("</version>", 2)[0]));
  }

  /** The iterations done when the map was not that of before, of the first 100. */
  private static <S extends Record> List<Long> movesOf(LevellerPolicy<S> policy) {
    S settings = SettingsType.bind(policy, new PolicyChoice(policy.kind(), Map.of()));
    RowArray array = new RowArray(500, 512);
    Leveller leveller = policy.create(array, settings, 7);
    List<Long> moved = new ArrayList<>();
    int[] before = array.logicalToPhysical();
    for (long done = 1; done <= 100; done++) {
      leveller.afterIteration(done);
      if (!Arrays.equals(before, array.logicalToPhysical())) {
        moved.add(done);
      }
      before = array.logicalToPhysical();
    }
    return moved;
  }
}
