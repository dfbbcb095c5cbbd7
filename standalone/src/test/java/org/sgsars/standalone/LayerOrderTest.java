package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.producer.PreparedBench;

/**
 * The same layers in another order give the same numbers: whatever is random is so by a layer's
 * name, and ties between layers go by it too.
 */
final class LayerOrderTest {
  private static final List<String> LAYERS =
      List.of(
          "{name: conv1, rows: 10, columns: 6}",
          "{name: fc1, rows: 50, columns: 20}",
          "{name: fc2, rows: 20, columns: 7}");

  private static List<ScenarioLifetime> inOrder = List.of();
  private static List<ScenarioLifetime> reversed = List.of();

  @TempDir private static Path folder = Path.of("");

  private static List<ScenarioLifetime> run(List<String> layers) throws Exception {
    Path file = folder.resolve("experiment.yml");
    Files.writeString(
        file,
        """
        name: order
        source: {kind: skewed, iterations: 3000, layers: [%s]}
        crossbar: {size: 16}
        device: {kind: lognormal, median: 700, spread: 0.5}
        scenarios:
          - {name: none, sparsifier: {kind: given}}
          - {name: random-ars, sparsifier: {kind: given}, leveller: {kind: random-ars, interval: 16}}
          - {name: refresh, sparsifier: {kind: given}, leveller: {kind: refresh, interval: 50}}
          - {name: security, sparsifier: {kind: given}, leveller: {kind: security-refresh, interval: 5}}
          - {name: endurer, sparsifier: {kind: given}, leveller: {kind: endurer, interval: 50}}
          - {name: wolfram, sparsifier: {kind: given}, leveller: [{kind: random-swap, interval: 5}, {kind: retire, columnBlocks: 1}]}
          - {name: detect-remap, sparsifier: {kind: given}, leveller: {kind: detect-remap, interval: 500}}
          - {name: wear-rate, sparsifier: {kind: given}, leveller: {kind: wear-rate}}
          - {name: retire, sparsifier: {kind: given}, leveller: [{kind: paced}, {kind: retire}]}
          - {name: stack, sparsifier: {kind: given}, leveller: [{kind: random-ars, interval: 16}, {kind: refresh, interval: 70}]}
          - {name: cross, sparsifier: {kind: given}, leveller: [{kind: paced}, {kind: cross-layer, interval: 100, gap: 1}]}
          - name: of-layers
            sparsifier: {kind: given}
            device: {kind: lognormal, median: 700, spread: 0.5, pulsePj: 2.3, writeFailure: 0.1}
            layers:
              - {match: conv1, crossbar: {size: 8}, device: {kind: constant, writes: 90000, pulsePj: 0.1, writeFailure: 0.3}}
              - {match: fc1, leveller: {kind: wear-rate}, device: {kind: lognormal, median: 70000, pulsePj: 0.2, writeFailure: 0.7}}
          - {name: follower, sparsifier: {kind: attacker, pattern: follower}, leveller: {kind: random-ars, interval: 16}}
          - {name: cross-retire, sparsifier: {kind: given}, crossbar: {size: 16, spareRows: 3}, leveller: [{kind: paced}, {kind: cross-layer, interval: 50, gap: 1}, {kind: retire}]}
          - {name: spare, sparsifier: {kind: given}, crossbar: {size: 16, spareRows: 3}, leveller: [{kind: paced}, {kind: cross-layer, interval: 100, gap: 1}]}
        """
            .formatted(String.join(", ", layers)));
    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(file, Runs.POLICIES), Runs.POLICIES, Instant.EPOCH);
    LifetimeReport report = new BenchRun(bench, Runs.POLICIES).execute(done -> {});
    assertThat(report.complete()).isTrue();
    return report.scenarios();
  }

  @BeforeAll
  static void runBothOrders() throws Exception {
    inOrder = run(LAYERS);
    reversed = run(List.of(LAYERS.get(2), LAYERS.get(1), LAYERS.get(0)));
  }

  private static List<LayerLifetime> byName(ScenarioLifetime scenario) {
    return scenario.layers().stream()
        .sorted(Comparator.comparing(layer -> layer.shape().name()))
        .toList();
  }

  @ParameterizedTest(name = "scenario {0}")
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
  void bench_layersInAnotherOrder_everyLayerIsTheSame(int scenario) {
    List<LayerLifetime> expected = byName(inOrder.get(scenario));
    List<LayerLifetime> actual = byName(reversed.get(scenario));

    for (int layer = 0; layer < LAYERS.size(); layer++) {
      assertThat(actual.get(layer).rowWrites()).isEqualTo(expected.get(layer).rowWrites());
      assertThat(actual.get(layer).failedCells()).isEqualTo(expected.get(layer).failedCells());
      assertThat(actual.get(layer).onDevice()).isEqualTo(expected.get(layer).onDevice());
    }
  }

  @ParameterizedTest(name = "scenario {0}")
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
  void bench_layersInAnotherOrder_theNetworkIsTheSame(int scenario) {
    assertThat(reversed.get(scenario).onDevice()).isEqualTo(inOrder.get(scenario).onDevice());
    assertThat(reversed.get(scenario).lifetimeExtension())
        .isEqualTo(inOrder.get(scenario).lifetimeExtension());
  }

  /** One layer's leveller knows its cells; of the others they are drawn, with a band. */
  @Test
  void bench_oneLayerLevelledByEndurance_theOthersAreProjectedAsWithout() {
    DeviceLifetime conv = byName(inOrder.get(11)).get(0).onDevice().orElseThrow();
    DeviceLifetime fc1 = byName(inOrder.get(11)).get(1).onDevice().orElseThrow();
    FailureTime last = conv.failures().get(3);
    FailureTime lastKnown = fc1.failures().get(3);
    FailureTime lastOfNetwork = inOrder.get(11).onDevice().orElseThrow().failures().get(3);

    assertThat(last.projected()).isTrue();
    assertThat(last.low()).isPresent();
    assertThat(lastKnown.projected()).isTrue();
    assertThat(lastKnown.iterations()).isPresent();
    assertThat(lastKnown.low()).isEmpty();
    assertThat(lastOfNetwork.projected()).isTrue();
    assertThat(lastOfNetwork.low()).isPresent();
  }

  /** Or the comparison above would say little. */
  @Test
  void bench_crossLayer_movesContents() {
    assertThat(inOrder.get(7).overhead().orElseThrow()).isGreaterThan(0.01);
  }
}
