package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedBench;

/**
 * First losses that short runs project, against long runs of the same that count them.
 * docs/DEVICES.md has the numbers.
 */
final class FirstLossProjectionTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final int SHORT = 4_000;
  private static List<ScenarioLifetime> projected = List.of();
  private static List<ScenarioLifetime> counted = List.of();

  @BeforeAll
  static void runBoth() throws Exception {
    Experiment experiment =
        ExperimentFile.read(
            Runs.PROJECT.resolve("experiments/first-loss-projection.yml"), POLICIES);
    projected = run(experiment.withIterations(SHORT));
    counted = run(experiment);
  }

  private static List<ScenarioLifetime> run(Experiment experiment) throws Exception {
    PreparedBench bench = PreparedBench.of(experiment, POLICIES, Instant.EPOCH);
    return new BenchRun(bench, POLICIES).execute(done -> {}).scenarios();
  }

  /** Of every layer, and of the network. */
  private static List<FirstLoss> losses(List<ScenarioLifetime> scenarios, String name) {
    ScenarioLifetime scenario =
        scenarios.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    return Stream.concat(
            scenario.layers().stream().map(LayerLifetime::onDevice), Stream.of(scenario.onDevice()))
        .map(device -> device.flatMap(DeviceLifetime::firstLoss).orElseThrow())
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "retire-one",
        "retire",
        "oop-one",
        "oop-retire",
        "paced-retire",
        "ars-retire",
        "rate-retire"
      })
  void firstLoss_projected_isWhatALongRunCounts(String scenario) {
    List<FirstLoss> ofShort = losses(projected, scenario);
    List<FirstLoss> ofLong = losses(counted, scenario);

    assertThat(ofLong).hasSize(4).noneMatch(FirstLoss::projected);
    assertThat(ofShort).hasSize(4).allMatch(FirstLoss::projected);
    for (int i = 0; i < 4; i++) {
      assertThat(ofShort.get(i).iterations() / ofLong.get(i).iterations())
          .as("layer %d: projected %s, counted %s", i, ofShort.get(i), ofLong.get(i))
          .isCloseTo(1, within(0.12));
      assertThat(ofShort.get(i).bound().orElseThrow())
          .isCloseTo(ofLong.get(i).bound().orElseThrow(), within(1.0));
    }
  }

  /** Without retirement the first failure decides, a single draw of the device. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"none", "out-of-place"})
  void firstLoss_projectedWithoutRetirement_hasTheCountedOneInItsBand(String scenario) {
    List<FirstLoss> ofShort = losses(projected, scenario);
    List<FirstLoss> ofLong = losses(counted, scenario);

    for (int i = 0; i < 4; i++) {
      if (ofShort.get(i).projected()) {
        assertThat(ofLong.get(i).iterations())
            .isBetween(ofShort.get(i).low(), ofShort.get(i).high());
      } else {
        assertThat(ofShort.get(i)).isEqualTo(ofLong.get(i));
      }
    }
  }

  /** No scheme beats the bound; who knows the device comes nearest, or wears rows alike. */
  @Test
  void efficiency_counted_isAtMostOneAndGrowsWithWhatIsKnown() {
    List<Double> efficiencies = new ArrayList<>();
    for (ScenarioLifetime scenario : counted) {
      for (FirstLoss loss : losses(counted, scenario.name())) {
        assertThat(loss.efficiency().orElseThrow()).as(scenario.name()).isBetween(0.0, 1.0);
      }
      efficiencies.add(losses(counted, scenario.name()).get(0).efficiency().orElseThrow());
    }

    // Layer a: none, out-of-place, retire, both, and wear-rate.
    assertThat(efficiencies.get(0)).isLessThan(efficiencies.get(1));
    assertThat(efficiencies.get(1)).isLessThan(efficiencies.get(3));
    assertThat(efficiencies.get(3)).isLessThan(efficiencies.get(5));
    assertThat(efficiencies.get(5)).isLessThan(efficiencies.get(8));
  }
}
