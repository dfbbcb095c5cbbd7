package org.sgsars.device.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.device.Endurance;
import org.sgsars.device.fit.Measurement.Cells;

final class EmpiricalLawTest {
  private static EmpiricalLaw of(Cells... cells) {
    return EmpiricalLaw.of(new Measurement(List.of(cells)));
  }

  /**
   * Kaplan and Meier by hand: of 5 cells one fails at 10, one is last seen at 20, of the 3 left one
   * fails at 30, one is last seen at 40, the last fails at 50. Survivors: 4/5, then 4/5 × 2/3 =
   * 8/15, then none.
   */
  @Test
  void of_someCellsNotSeenToFail_isKaplanAndMeiersEstimate() {
    EmpiricalLaw law =
        of(
            Cells.failedAt(10, 1),
            Cells.notFailedBy(20, 1),
            Cells.failedAt(30, 1),
            Cells.notFailedBy(40, 1),
            Cells.failedAt(50, 1));

    assertThat(law.steps()).hasSize(3);
    assertThat(law.steps().get(0).share()).isCloseTo(0.2, within(1e-9));
    assertThat(law.steps().get(1).share()).isCloseTo(7 / 15.0, within(1e-9));
    assertThat(law.steps().get(2).share()).isCloseTo(1, within(1e-9));
    assertThat(law.quantile(0.4)).isEqualTo(30);
  }

  /**
   * Of one group 1 of 4 had failed by 10, of another, looked at later, only 1 of 5 by 20. A share
   * cannot fall, so none failed in between, and of all 9 cells 2 failed by 10.
   */
  @Test
  void of_groupsLookedAtAtOtherTimes_shareDoesNotFall() {
    EmpiricalLaw law =
        of(
            new Cells(0, 10, 1),
            Cells.notFailedBy(10, 3),
            new Cells(0, 20, 1),
            Cells.notFailedBy(20, 4));

    assertThat(law.steps()).hasSize(1);
    assertThat(law.steps().get(0).share()).isCloseTo(2 / 9.0, within(1e-9));
    assertThat(law.steps().get(0).from()).isEqualTo(0);
    assertThat(law.steps().get(0).to()).isEqualTo(10);
    assertThat(law.quantile(1 / 9.0)).isCloseTo(5, within(1e-6));
    assertThat(law.quantile(0.5)).isEqualTo(1e18);
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void of_drawnCells_isCloseToTheirLaw(long seed) {
    Endurance law = Endurance.lognormal(1e6, 0.5);
    SplittableRandom random = new SplittableRandom(seed);
    List<Cells> all = new ArrayList<>();
    for (int cell = 0; cell < 10_000; cell++) {
      all.add(Cells.failedAt(law.quantile((random.nextInt(1 << 30) + 0.5) / (1 << 30)), 1));
    }

    EmpiricalLaw measured = EmpiricalLaw.of(new Measurement(all));

    // Kolmogorov: shares are off by more than 0.02 in one of some 1500 draws of 10,000.
    for (double share = 0.03; share < 0.97; share += 0.01) {
      assertThat(measured.quantile(share))
          .isBetween(law.quantile(share - 0.02), law.quantile(share + 0.02));
    }
    assertThat(measured.steps()).hasSizeBetween(1000, 1200);
    // The weakest cells are kept one by one.
    assertThat(measured.steps().get(99).share()).isEqualTo(0.01);
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void quantile_anyShares_neverFalls(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Cells> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      double from = random.nextInt(100);
      boolean isSeen = random.nextBoolean();
      all.add(
          isSeen
              ? new Cells(from, from + 1 + random.nextInt(50), 1)
              : Cells.notFailedBy(from + 1, 1));
    }
    EmpiricalLaw law = EmpiricalLaw.of(new Measurement(all));

    double before = 0;
    for (int i = 1; i < 10_000; i++) {
      double writes = law.quantile(i / 10_000.0);
      assertThat(writes).isGreaterThanOrEqualTo(before);
      before = writes;
    }
    assertThat(EmpiricalLaw.fromText(law.toText()).steps()).isEqualTo(law.steps());
  }

  @ParameterizedTest(name = "text={0}")
  @ValueSource(
      strings = {"", "0.5", "0.5:10 0.4:20", "0.5:10 0.6:5", "1.5:10", "0.5:0", "0.5:20:10"})
  void fromText_noSteps_isRefused(String text) {
    assertThatThrownBy(() -> EmpiricalLaw.fromText(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allowed: ");
  }
}
