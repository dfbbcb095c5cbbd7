package org.sgsars.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.device.Device.StuckAt;

final class WeightCellsTest {
  private static final WeightCells ONE = WeightCells.oneCell(4);
  private static final WeightCells PAIR = WeightCells.pair(4);

  /** Two digits of base 4 from -1.5: steps of 0.2. */
  private static final WeightCells SLICES = WeightCells.slices(3, 2, 2);

  static Stream<WeightCells> all() {
    return Stream.of(ONE, PAIR, SLICES, WeightCells.slices(4, 4, 2), WeightCells.slices(4, 1, 8));
  }

  @Test
  void contributions_oneCell_isTheWeight() {
    assertThat(ONE.contributions(-0.7f)).containsExactly(-0.7f);
    assertThat(ONE.contribution(0, StuckAt.LOW_RESISTANCE)).isEqualTo(2);
    assertThat(ONE.contribution(0, StuckAt.HIGH_RESISTANCE)).isEqualTo(-2);
  }

  @Test
  void contributions_pair_oneCellCountsAndOneAgainst() {
    assertThat(PAIR.contributions(0.7f)).containsExactly(0.7f, 0);
    assertThat(PAIR.contributions(-0.7f)).containsExactly(0, -0.7f);
    assertThat(PAIR.contribution(0, StuckAt.LOW_RESISTANCE)).isEqualTo(2);
    assertThat(PAIR.contribution(1, StuckAt.LOW_RESISTANCE)).isEqualTo(-2);
    assertThat(PAIR.contribution(0, StuckAt.HIGH_RESISTANCE)).isZero();
    assertThat(PAIR.contribution(1, StuckAt.HIGH_RESISTANCE)).isZero();
  }

  /** 0.35 is 9.25 steps above -1.5: digits 2 and 1, and a quarter of a step. */
  @Test
  void contributions_slices_areDigits_theRestInTheLast() {
    float first = -1.5f + (float) (2 * 4 * 0.2);
    assertThat(SLICES.contributions(0.35f)[0]).isEqualTo(first);
    assertThat(SLICES.contributions(0.35f)[1]).isCloseTo(0.25f, within(1e-6f));
    assertThat(SLICES.contribution(0, StuckAt.HIGH_RESISTANCE)).isEqualTo(-1.5f);
    assertThat(SLICES.contribution(0, StuckAt.LOW_RESISTANCE)).isEqualTo((float) (-1.5 + 3 * 0.8));
    assertThat(SLICES.contribution(1, StuckAt.HIGH_RESISTANCE)).isZero();
    assertThat(SLICES.contribution(1, StuckAt.LOW_RESISTANCE)).isEqualTo((float) (3 * 0.2));
  }

  @ParameterizedTest
  @MethodSource("all")
  void contributions_anyWeight_sumToIt_eachWithinItsEnds(WeightCells cells) {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1000; i++) {
      float weight = cells.clipped((float) (random.nextDouble() * 5 - 2.5));
      float[] contributions = cells.contributions(weight);

      float sum = 0;
      for (int cell = 0; cell < cells.count(); cell++) {
        float high = cells.contribution(cell, StuckAt.HIGH_RESISTANCE);
        float low = cells.contribution(cell, StuckAt.LOW_RESISTANCE);
        boolean isLast = cell + 1 == cells.count();
        // The last slice holds up to one step more, for what is less than a step.
        float more = 1e-6f + (isLast && cells.count() > 1 ? 0.2f : 0);
        assertThat(contributions[cell])
            .isBetween(Math.min(high, low) - more, Math.max(high, low) + more);
        sum += contributions[cell];
      }
      assertThat(sum).isCloseTo(weight, within(1e-6f));
    }
  }

  @Test
  void clipped_beyondTheRange_isItsEnd() {
    assertThat(ONE.clipped(7)).isEqualTo(2);
    assertThat(ONE.clipped(-7)).isEqualTo(-2);
    assertThat(ONE.clipped(1.25f)).isEqualTo(1.25f);
  }
}
