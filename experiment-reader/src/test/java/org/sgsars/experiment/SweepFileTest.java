package org.sgsars.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.experiment.Experiment.ScenarioChoice;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.Sweep;
import org.sgsars.policy.NoSettings;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.Setting;

/** Settings of a scenario that have several values, each of which makes a scenario. */
final class SweepFileTest {
  private record Named<S extends Record>(PolicyFamily family, String kind, Class<S> settingsType)
      implements Policy<S> {
    @Override
    public String summary() {
      return kind;
    }
  }

  private record Sgs(
      @Setting(about = "how many", unit = "rows", least = 1, most = 99, fallback = "1") int rows) {}

  private record Ars(
      @Setting(about = "time", unit = "iterations", least = 1, most = 9999, fallback = "1024")
          long interval,
      @Setting(about = "exchanges", unit = "row pairs", least = 1, most = 99, fallback = "1")
          int pairs) {}

  private record Own(@Setting(about = "layers") List<LayerShape> layers) {}

  private record Cells(
      @Setting(about = "writes", unit = "writes", least = 1, most = 1e12, fallback = "1e6")
          double median) {}

  private static final Policies POLICIES =
      new Policies(
          List.of(
              new Named<>(PolicyFamily.SOURCE, "none", NoSettings.class),
              new Named<>(PolicyFamily.SPARSIFIER, "sgs", Sgs.class),
              new Named<>(PolicyFamily.SPARSIFIER, "own", Own.class),
              new Named<>(PolicyFamily.LEVELLER, "none", NoSettings.class),
              new Named<>(PolicyFamily.LEVELLER, "ars", Ars.class),
              new Named<>(PolicyFamily.DEVICE, "cells", Cells.class)));

  private static final String TOP =
      """
      name: swept
      source: {kind: none, iterations: 250}
      """;

  @TempDir private Path folder = Path.of("");

  private Experiment read(String scenarios) throws Exception {
    Path file = folder.resolve("x.yml");
    Files.writeString(file, TOP + scenarios);
    return ExperimentFile.read(file, POLICIES);
  }

  private List<String> problems(String scenarios) {
    return catchThrowableOfType(ExperimentException.class, () -> read(scenarios))
        .problems()
        .stream()
        .map(problem -> problem.replace(folder.resolve("x.yml").toString(), "x.yml"))
        .toList();
  }

  private static List<String> names(Experiment experiment) {
    return experiment.scenarios().stream().map(ScenarioChoice::name).toList();
  }

  private static Sweep.Range range(String setting, Object... values) {
    return new Sweep.Range(setting, List.of(values));
  }

  @Test
  void read_twoRanges_areTheirProductAndTheFirstVariesSlowest() throws Exception {
    Experiment experiment =
        read(
            """
            scenarios:
              - {name: plain, sparsifier: {kind: sgs}}
              - name: ars
                sparsifier: {kind: sgs}
                leveller: {kind: ars, interval: [256, 1024], pairs: [1, 8, 32]}
            """);

    assertThat(names(experiment))
        .containsExactly(
            "plain",
            "ars-interval-256-pairs-1",
            "ars-interval-256-pairs-8",
            "ars-interval-256-pairs-32",
            "ars-interval-1024-pairs-1",
            "ars-interval-1024-pairs-8",
            "ars-interval-1024-pairs-32");
    assertThat(experiment.scenarios().get(3).levellers().get(0).choice())
        .hasToString("{kind: ars, interval: 256, pairs: 32}");
    assertThat(experiment.scenarios()).extracting(ScenarioChoice::entry).startsWith(0, 1, 1);
    assertThat(experiment.sweeps())
        .containsExactly(
            new Sweep(
                "ars",
                1,
                List.of(
                    range("leveller.interval", 256L, 1024L),
                    range("leveller.pairs", 1L, 8L, 32L))));
  }

  @Test
  void read_rangesEverywhere_haveNamesThatTellThemApart() throws Exception {
    Experiment experiment =
        read(
            """
            device: {kind: cells, median: [1e6, 2e6]}
            scenarios:
              - name: x
                sparsifier: {kind: sgs}
                leveller: [{kind: ars, pairs: [1]}, {kind: ars, pairs: [4]}]
                layers: [{match: 'fc*', leveller: {kind: ars, interval: [8]}}]
              - {name: y, sparsifier: {kind: sgs, rows: [2]}, device: {kind: cells}}
            """);

    assertThat(names(experiment))
        .containsExactly(
            "x-median-1e6-leveller0-pairs-1-leveller1-pairs-4-interval-8",
            "x-median-2e6-leveller0-pairs-1-leveller1-pairs-4-interval-8",
            "y-rows-2");
    assertThat(experiment.sweeps().get(0).ranges())
        .extracting(Sweep.Range::setting)
        .containsExactly(
            "device.median",
            "leveller[0].pairs",
            "leveller[1].pairs",
            "layers[0].leveller.interval");
    assertThat(experiment.sweeps().get(1))
        .isEqualTo(new Sweep("y", 2, List.of(range("sparsifier.rows", 2L))));
    ScenarioChoice second = experiment.scenarios().get(1);
    assertThat(second.device().orElseThrow().settings()).isEqualTo(Map.of("median", 2e6));
    assertThat(second.layers().get(0).device()).isEqualTo(second.device());
    assertThat(second.layers().get(0).levellers().get(0).choice())
        .hasToString("{kind: ars, interval: 8, pairs: 1}");
  }

  @Test
  void read_rangeAtTheTop_isOneOfEveryScenarioThatHasNoSuchSetting() throws Exception {
    assertThat(
            names(
                read(
                    """
                    crossbar: {size: [64, 128], spareRows: [0]}
                    scenarios:
                      - {name: a, sparsifier: {kind: sgs}}
                      - {name: b, sparsifier: {kind: sgs}, crossbar: {size: 256}}
                      - {name: c, sparsifier: {kind: sgs}, crossbar: {size: 256, spareRows: 8}}
                    """)))
        .containsExactly("a-size-64-spareRows-0", "a-size-128-spareRows-0", "b-spareRows-0", "c");
  }

  @Test
  void read_settingThatIsAList_isNoRange() throws Exception {
    assertThat(
            names(
                read(
                    """
                    scenarios:
                      - name: a
                        sparsifier: {kind: own, layers: [{name: fc, rows: 4, columns: 2}]}
                    """)))
        .containsExactly("a");
  }

  @Test
  void toPlan_thirtyLevellers_sparsifyOnce() throws Exception {
    String pairs =
        IntStream.rangeClosed(1, 30).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    Experiment experiment =
        read(
            """
            scenarios:
              - {name: ars, sparsifier: {kind: sgs}, leveller: {kind: ars, pairs: [%s]}}
            """
                .formatted(pairs));

    RunPlan plan =
        experiment.toPlan("r", 0, "source", List.of(new LayerShape("fc", 4, 2)), false, POLICIES);

    assertThat(plan.scenarios()).hasSize(30).allMatch(scenario -> scenario.sparsifier() == 0);
    assertThat(plan.sparsifiers()).hasSize(1);
    assertThat(plan.sweeps().get(0).valuesOf(29)).containsExactly(30L);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pairs: []|x.yml:6: scenarios[0].leveller.pairs: an empty list is not allowed; allowed: a whole number from 1 to 99",
        "pairs: [1, 0]|x.yml:6: scenarios[0].leveller.pairs: 0 is not allowed; allowed: a whole number from 1 to 99",
        "pairs: [1, [2]]|x.yml:6: scenarios[0].leveller.pairs: a list is not allowed; allowed: a whole number from 1 to 99",
        "pairs: [1, 2, 1]|x.yml:6: scenarios[0].leveller.pairs: has 1 twice; a range has each value once",
        "paris: [1, 2]|x.yml:6: scenarios[0].leveller.paris: unknown key, did you mean 'pairs'?; allowed: kind, interval, pairs",
        "pairs: [1, 2], kind: [ars]|x.yml:6: scenarios[0].leveller.kind: is given twice; first in line 6",
      })
  void read_rangeThatIsNone_isReportedOnce(String wrong, String problem) {
    assertThat(
            problems(
                """
                scenarios:
                  - name: a
                    sparsifier: {kind: sgs}
                    leveller: {kind: ars, %s}
                """
                    .formatted(wrong)))
        .containsExactly(problem);
  }

  @Test
  void read_deviceTwice_isTheSameNumberHoweverItIsWritten() {
    assertThat(
            problems(
                """
                device: {kind: cells, median: [1e6, 1000000]}
                scenarios: [{name: a, sparsifier: {kind: sgs}}]
                """))
        .containsExactly("x.yml:3: device.median: has 1000000 twice; a range has each value once");
  }

  @Test
  void read_nameThatASweepMakes_isRefusedWithBothPlaces() {
    assertThat(
            problems(
                """
                scenarios:
                  - {name: a-pairs-2, sparsifier: {kind: sgs}}
                  - {name: a, sparsifier: {kind: sgs}, leveller: {kind: ars, pairs: [1, 2]}}
                """))
        .containsExactly(
            "x.yml:5: scenarios[1].name: 'a-pairs-2' is taken by scenarios[0] in line 4; every scenario needs its own name");
  }

  @Test
  void read_nameThatGetsTooLong_isRefusedWithWhatItWouldBe() {
    String name = "n".repeat(57);

    assertThat(
            problems(
                """
                scenarios:
                  - {name: %s, sparsifier: {kind: sgs}, leveller: {kind: ars, pairs: [1]}}
                """
                    .formatted(name)))
        .containsExactly(
            "x.yml:4: scenarios[0].name: '%s-pairs-1' would be the name of one of its scenarios, and has 65 characters; allowed: at most 64; shorten '%s'"
                .formatted(name, name));
  }

  @Test
  void read_moreThanTwoHundred_isRefusedWithTheCount() {
    String values =
        IntStream.rangeClosed(1, 15).mapToObj(Integer::toString).collect(Collectors.joining(", "));

    // 15 x 15 = 225, and one that is not swept.
    assertThat(
            problems(
                """
                scenarios:
                  - {name: plain, sparsifier: {kind: sgs}}
                  - {name: a, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: [%s], pairs: [%s]}}
                """
                    .formatted(values, values)))
        .containsExactly(
            "x.yml:5: scenarios[1]: is 225 scenarios (15 of interval x 15 of pairs), and the file 226; allowed: at most 200 in all");
  }
}
