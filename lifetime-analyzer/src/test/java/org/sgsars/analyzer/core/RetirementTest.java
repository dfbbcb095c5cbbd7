package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sgsars.analyzer.RetiringRun;
import org.sgsars.analyzer.TinyRun;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;

final class RetirementTest {
  /**
   * 8 + 8 + 3 + 3 + 3 + 1 + 2 + 8 rows were written. One pass for 4 iterations and two for 6 are
   * 1.6 on average. Wordline 1 is retired; of the spare ones, 5 to 7, only 5 was written.
   */
  private static final Retirement EXPECTED =
      new Retirement(new Retirement.Reads(36, 2, 1.6, 2), new Retirement.Rows(1, 3, 1));

  @Test
  void retirement_ofALayerAndItsNetwork_isCounted() {
    ScenarioLifetime scenario = RetiringRun.complete().scenarios().get(0);

    assertThat(scenario.layers().get(0).retirement()).hasValue(EXPECTED);
    assertThat(scenario.retirement()).hasValue(EXPECTED);
  }

  @Test
  void retirement_nothingIsGivenUp_isEmpty() {
    assertThat(TinyRun.complete().scenarios())
        .allSatisfy(
            scenario -> {
              assertThat(scenario.retirement()).isEmpty();
              assertThat(scenario.layers())
                  .allSatisfy(layer -> assertThat(layer.retirement()).isEmpty());
            });
  }

  @Test
  void ofAll_layers_addsCountsAndMeansAndTakesTheMostPasses() {
    Retirement other =
        new Retirement(new Retirement.Reads(4, 1, 1, 3), new Retirement.Rows(10, 20, 15));

    assertThat(Retirement.ofAll(List.of(EXPECTED, other)))
        .hasValue(
            new Retirement(new Retirement.Reads(40, 2, 1.3, 3), new Retirement.Rows(11, 23, 16)));
    assertThat(Retirement.ofAll(List.of())).isEqualTo(Optional.empty());
  }
}
