package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.analyzer.SweptRun;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.model.Sweep;

final class SweepResultsTest {
  private static final Sweep SWEEP = SweptRun.over("ars", 1, "leveller.pairs", 1L, 2L, 4L, 8L);

  // Extensions are 100 / writes: 50, 20, 25, 25, 12.5; overheads 0, 10 %, 20 %, 10 %, 5 %.
  private static final SweepResults RESULTS =
      new SweepResults(
          SweptRun.of(List.of(SWEEP), new long[] {2, 5, 4, 4, 8}, new long[] {0, 20, 40, 20, 10}));

  @Test
  void best_equallyLongLived_isThatOfLeastOverhead() {
    assertThat(RESULTS.best(SWEEP)).isEqualTo(3);
  }

  @Test
  void shown_areThoseOfNoSweepAndTheBest() {
    assertThat(RESULTS.shown()).containsExactly(0, 3);
    assertThat(RESULTS.standsFor(0)).isEqualTo(0);
    assertThat(RESULTS.standsFor(1)).isEqualTo(3);
  }

  @Test
  void isUnbeaten_noOtherIsAsGoodAtAsLittle_isTheFrontOfBoth() {
    assertThat(
            SweepResults.scenariosOf(SWEEP).stream()
                .filter(i -> RESULTS.isUnbeaten(SWEEP, i, ScenarioLifetime::lifetimeExtension)))
        .containsExactly(3, 4);
  }
}
