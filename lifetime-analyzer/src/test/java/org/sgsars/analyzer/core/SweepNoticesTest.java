package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sgsars.analyzer.SweptRun;
import org.sgsars.model.Sweep;

final class SweepNoticesTest {
  @Test
  void sweeps_noticesOfARunWithSweeps_areOfThoseTheirScenariosComeFrom() {
    Sweep sweep =
        new Sweep("ars", 1, List.of(new Sweep.Range("leveller.interval", List.of(1L, 12L))));
    LifetimeReport report = SweptRun.of(List.of(sweep), new long[] {9, 8, 7}, new long[3]);

    assertThat(
            SweepNotices.sweeps(
                report.plan(),
                List.of(
                    "scenario plain: of no sweep",
                    "scenario ars-1: leveller {kind: ars} never acts",
                    "scenario ars-12, layers 'fc*': another",
                    "scenario ars-120: of no scenario",
                    "what scenario ars-1: says")))
        .containsExactly(
            Optional.empty(),
            Optional.of(sweep),
            Optional.of(sweep),
            Optional.empty(),
            Optional.empty());
  }
}
