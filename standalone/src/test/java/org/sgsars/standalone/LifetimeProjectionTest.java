package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedBench;

/**
 * Projections of short runs, against long runs of the same in which the cells really fail: their
 * endurance is scaled down so that a tenth of them does within 100,000 iterations. docs/DEVICES.md
 * has the numbers.
 */
final class LifetimeProjectionTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final int SHORT = 4_000;
  private static final int LONG = 100_000;
  private static List<ScenarioLifetime> projected = List.of();
  private static List<ScenarioLifetime> measured = List.of();

  @BeforeAll
  static void runBoth() throws Exception {
    projected = run(SHORT);
    measured = run(LONG);
  }

  private static List<ScenarioLifetime> run(long iterations) throws Exception {
    Experiment experiment =
        ExperimentFile.read(Runs.PROJECT.resolve("experiments/projection.yml"), POLICIES);
    PreparedBench bench =
        PreparedBench.of(experiment.withIterations(iterations), POLICIES, Instant.EPOCH);
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
