package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.Policies;

/** What is too large is refused before a run, with its place, its value and what is allowed. */
final class ExperimentSizesTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final String FINE =
      """
      name: fine
      source: {kind: noise, iterations: 250, layers: [{name: a, rows: 8, columns: 9}]}
      device: {kind: constant, writes: 10}
      crossbar: {size: 64, spareRows: 0}
      scenarios:
        - {name: a, sparsifier: {kind: sgs}, leveller: {kind: ars}}
      """;

  @TempDir private Path folder = Path.of("");

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("x.yml"), text);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "rows: 8|rows: 2147483647|2: source.layers[0].rows: 2147483647 is not allowed; allowed: a whole number from 1 to 268435456",
        "columns: 9|columns: 268435457|2: source.layers[0].columns: 268435457 is not allowed; allowed: a whole number from 1 to 268435456",
        "rows: 8|rows: .inf|2: source.layers[0].rows: .inf is not allowed; allowed: a whole number from 1 to 268435456",
        "9}]|9}, {name: a, rows: 1, columns: 1}]|2: source.layers: Two layers are named a: those of a and a",
        "columns: 9|columns: 9, columns: 8|2: source.layers[0].columns: is given twice; first in line 2",
        "writes: 10|mapping: bit-slices, weightBits: 33|3: device.weightBits: 33 is not allowed; allowed: a whole number from 1 to 32",
        "writes: 10|mapping: bit-slices, weightBits: 2147483647|3: device.weightBits: 2147483647 is not allowed; allowed: a whole number from 1 to 32",
        "writes: 10|mapping: bit-slices, cellBits: 9|3: device.cellBits: 9 is not allowed; allowed: a whole number from 1 to 8",
        "writes: 10|mapping: bit-slices, weightBits: 3, cellBits: 4|3: device.constant: cellBits: 4 is more than the 3 bits of a weight; allowed: at most those",
        "writes: 10|writes: .inf|3: device.writes: .inf is not allowed; allowed: a number from 0.0 to 1.0E15",
        "writes: 10|pulseNs: 1e-320|3: device.pulseNs: 1e-320 is not allowed; allowed: a number from 1.0E-6 to 1.0E9",
        "writes: 10|retries: 2147483647|3: device.retries: 2147483647 is not allowed; allowed: a whole number from 0 to 1000",
        "writes: 10|weightRange: 1e-320|3: device.weightRange: 1e-320 is not allowed; allowed: a number from 1.0E-6 to 1000000.0",
        "spareRows: 0|spareRows: 2147483647|4: crossbar.spareRows: 2147483647 is not allowed; allowed: a whole number from 0 to 65536",
        "kind: ars|kind: ars, interval: 1000000001|6: scenarios[0].leveller.interval: 1000000001 is not allowed; allowed: a whole number from 1 to 1000000000",
        "kind: sgs|kind: sgs, quantize: 25|6: scenarios[0].sparsifier.quantize: 25 is not allowed; allowed: a whole number from 1 to 24",
        "kind: sgs|kind: threshold, magnitude: 1e-320|6: scenarios[0].sparsifier.magnitude: 1e-320 is not allowed; allowed: a number from 1.0E-30 to 1.0E30"
      })
  void read_numberOutOfItsLimits_namesPlaceValueAndWhatIsAllowed(
      String right, String wrong, String problem) throws Exception {
    Path file = file(FINE.replace(right, wrong));

    ExperimentException e =
        catchThrowableOfType(ExperimentException.class, () -> ExperimentFile.read(file, POLICIES));

    assertThat(e.problems()).containsExactly(file + ":" + problem);
  }

  @ParameterizedTest(name = "{0} x {1}: {2} -> {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "32768|65536|kind: sgs}|kind: top-k}|6: scenarios[0]: layer b: 32768 x 65536 cells are written one by one; allowed: at most 2147483639 cells",
        "8|134217728|writes: 10|mapping: bit-slices, weightBits: 32|6: scenarios[0]: layer b: a row of 134217728 weights of 16 cells in crossbars of 64 columns has 2147483648 cells; allowed: at most 2147483647",
        "8|8|iterations: 250|iterations: 1000000000000|",
        "268435456|8388608|size: 64|size: 1024|6: scenarios[0]: crossbar.size: the network has 2147483648 crossbars of 1024 rows; allowed with a device or cross-layer: at most 2147483647",
        "65536|32768|kind: ars|kind: wear-rate|",
        "1048576|32768|kind: ars|kind: wear-rate|6: scenarios[0]: device: 34359738368 cells are too many for a leveller that knows each; allowed: at most 8589934592"
      })
  void problemsWith_layerThatIsTooLarge_namesPlaceValueAndWhatIsAllowed(
      int rows, int columns, String right, String other, String problem) throws Exception {
    Path file = file(FINE.replace(right, other));
    Experiment experiment = ExperimentFile.read(file, POLICIES);

    List<String> problems =
        experiment.problemsWith(List.of(new LayerShape("b", rows, columns)), POLICIES);

    assertThat(problems).isEqualTo(problem == null ? List.of() : List.of(file + ":" + problem));
  }

  /** Whatever is refused is refused with a reason, not by an overflow on the way to it. */
  @Test
  void problemsWith_largestLayerInSmallestCrossbars_saysSoOfEveryScenario() throws Exception {
    Experiment experiment =
        ExperimentFile.read(
            file(
                FINE.replace("size: 64", "size: 1")
                    + "  - {name: b, sparsifier: {kind: dense}, leveller: {kind: cross-layer}}\n"),
            POLICIES);

    List<String> problems =
        experiment.problemsWith(
            List.of(new LayerShape("b", LayerShape.MAX_ROWS, LayerShape.MAX_COLUMNS)), POLICIES);

    assertThat(problems)
        .hasSize(3)
        .allMatch(problem -> problem.contains("; allowed"))
        .noneMatch(problem -> problem.contains(" -"));
  }
}
