package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.contract.experiment.ExperimentFile;
import org.sgsars.contract.policy.Policies;
import org.sgsars.producer.PreparedBench;

/**
 * Projections of short runs, against long runs of the same in which the cells really fail: their
 * endurance is scaled down so that a tenth of them does within 100,000 iterations.
 */
final class LifetimeProjectionTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final int SHORT = 4_000;
  private static final int LONG = 100_000;
  private static List<ScenarioLifetime> projected = List.of();
  private static List<ScenarioLifetime> measured = List.of();

  @BeforeAll
  static void runBoth(@TempDir Path folder) throws Exception {
    projected = run(folder, SHORT);
    measured = run(folder, LONG);
  }

  private static List<ScenarioLifetime> run(Path folder, int iterations) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("x.yml"),
            """
            name: projection
            source: {kind: skewed, iterations: %d, layers: [{name: a, rows: 100, columns: 16}, {name: b, rows: 60, columns: 32}]}
            crossbar: {size: 128}
            device: {kind: lognormal, median: 300, spread: 0.3}
            scenarios:
              - {name: none, sparsifier: {kind: given}}
              - {name: ars, sparsifier: {kind: given}, leveller: {kind: ars, interval: 256, pairs: 4}}
              - {name: threshold-swap, sparsifier: {kind: given}, leveller: {kind: threshold-swap}}
              - {name: paced, sparsifier: {kind: given}, leveller: {kind: paced}}
              - {name: wear-rate, sparsifier: {kind: given}, leveller: {kind: wear-rate}}
              - {name: cross-layer, sparsifier: {kind: given}, leveller: [{kind: paced}, {kind: cross-layer, interval: 512}]}
            """
                .formatted(iterations));
    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(file, POLICIES), POLICIES, Instant.EPOCH);
    return new BenchRun(bench, POLICIES).execute(done -> {}).scenarios();
  }

  private static List<FailureTime> failures(List<ScenarioLifetime> scenarios, String name) {
    return scenarios.stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .flatMap(ScenarioLifetime::onDevice)
        .orElseThrow()
        .failures();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"none", "ars", "threshold-swap", "paced", "wear-rate", "cross-layer"})
  void failures_projected_areWhatALongRunMeasures(String scenario) {
    List<FailureTime> ofShort = failures(projected, scenario);
    List<FailureTime> ofLong = failures(measured, scenario);

    assertThat(ofLong).hasSize(4).noneMatch(FailureTime::projected);
    assertThat(ofShort).hasSize(4).anyMatch(FailureTime::projected);
    // Contents that change crossbars are supposed to wear all cells alike, which they only come to.
    double tolerance = scenario.equals("cross-layer") ? 0.2 : 0.15;
    for (int i = 0; i < 4; i++) {
      FailureTime projection = ofShort.get(i);
      double time = ofLong.get(i).iterations().orElseThrow();
      if (!projection.projected()) {
        assertThat(projection).isEqualTo(ofLong.get(i));
      } else if (i == 0 && projection.low().isPresent()) {
        // One device is one draw: the first failure is anywhere in the band.
        assertThat(time)
            .as("first failure")
            .isBetween(projection.low().orElseThrow(), projection.high().orElseThrow());
      } else {
        assertThat(projection.iterations().orElseThrow() / time)
            .as("%s failed: projected %s", projection.share(), projection)
            .isBetween(1 - tolerance, 1 + tolerance);
      }
    }
  }

  /** Knowing the weak rows is worth more than levelling all alike. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"none", "ars", "threshold-swap", "paced"})
  void wearRate_firstFailure_comesLongAfterThatOfLevellersThatDoNotKnowTheDevice(String other) {
    double wearRate = failures(measured, "wear-rate").get(0).iterations().orElseThrow();

    assertThat(wearRate)
        .isGreaterThan(2 * failures(measured, other).get(0).iterations().orElseThrow());
  }
}
