package org.sgsars.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ComparisonTest {
  @TempDir private Path folder = Path.of("");

  private static Measure rate(String name, String against, Double... samples) {
    return new Measure(
        name,
        "MB/s",
        true,
        Optional.of(against).filter(other -> !other.isEmpty()),
        List.of(samples));
  }

  private static Measure time(String name, Double... samples) {
    return new Measure(name, "ms", false, Optional.empty(), List.of(samples));
  }

  private static Map<String, Measure> run(Measure... measures) {
    Map<String, Measure> run = new LinkedHashMap<>();
    Stream.of(measures).forEach(measure -> run.put(measure.name(), measure));
    return run;
  }

  private static Comparison.Line only(Measure before, Measure after) {
    return Comparison.compare(run(before), run(after)).get(0);
  }

  @Test
  void compare_halfTheRate_takesTwiceAsLong() {
    Comparison.Line line = only(rate("a", "", 99.0, 100.0, 101.0), rate("a", "", 50.0, 50.0, 50.0));

    assertThat(line.slowdown()).isEqualTo(2);
    assertThat(line.isSlower()).isTrue();
    assertThat(line.isFaster()).isFalse();
  }

  @Test
  void compare_twiceTheTime_takesTwiceAsLong() {
    assertThat(only(time("a", 3.0, 3.0), time("a", 6.0, 6.0)).slowdown()).isEqualTo(2);
    assertThat(only(time("a", 6.0, 6.0), time("a", 3.0, 3.0)).isFaster()).isTrue();
  }

  /** Samples 10 % off on one side and 5 % on the other: 14 % slower is within 15 %. */
  @Test
  void compare_withinTheSpreadOfBoth_isNoise() {
    Comparison.Line line =
        only(time("a", 90.0, 100.0, 110.0), time("a", 114.0, 114.0, 114.0 * 1.05));

    assertThat(line.noise()).isEqualTo(0.15, within(1e-9));
    assertThat(line.isSlower()).isFalse();
    assertThat(only(time("a", 90.0, 100.0, 110.0), time("a", 120.0, 120.0, 126.0)).isSlower())
        .isTrue();
  }

  @Test
  void compare_oneSample_noiseIsUnknownAndTakenAsLarge() {
    assertThat(only(time("a", 100.0), time("a", 125.0)).isSlower()).isFalse();
    assertThat(only(time("a", 100.0), time("a", 135.0)).isSlower()).isTrue();
  }

  /** The machine of the second run has half the speed: the pipeline keeps its share. */
  @Test
  void compare_againstAReference_machinesDoNotCount() {
    Measure[] before = {rate("raw", "", 400.0, 400.0), rate("pipeline", "raw", 300.0, 300.0)};
    Measure[] after = {rate("raw", "", 200.0, 200.0), rate("pipeline", "raw", 150.0, 150.0)};

    List<Comparison.Line> lines = Comparison.compare(run(before), run(after));

    assertThat(lines.get(0).slowdown()).isEqualTo(2);
    assertThat(lines.get(1).slowdown()).isEqualTo(1);
    assertThat(lines.get(1).against()).hasValue("raw");
  }

  @Test
  void compare_measuresOfOneRunOnly_areLeftOut() {
    assertThat(Comparison.compare(run(time("a", 1.0)), run(time("b", 1.0)))).isEmpty();
  }

  @Test
  void read_whatARunWrote_isTheSame() throws Exception {
    Measure measure = rate("pipeline", "raw", 1.5, 2.5);
    Path file = folder.resolve("results.json");
    new ObjectMapper()
        .writeValue(file.toFile(), Map.of("measures", List.of(measure.json()), "other", 1));

    assertThat(Comparison.read(file)).isEqualTo(Map.of("pipeline", measure));
  }

  @Test
  void read_anotherFile_isNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("old.json"), "{}");

    assertThatThrownBy(() -> Comparison.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("old.json has no measures");
  }
}
