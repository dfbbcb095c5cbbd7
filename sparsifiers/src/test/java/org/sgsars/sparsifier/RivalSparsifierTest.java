package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.model.Selection;

final class RivalSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy<?> policy() {
    return new RivalSparsifier();
  }

  @Override
  Map<String, ?> settings() {
    return of(2);
  }

  private static Map<String, ?> of(double steepness) {
    return Map.of("wearFeedback", 8L, "steepness", steepness);
  }

  private static LayerAccumulator accumulator(double steepness) {
    return Selections.accumulator(new RivalSparsifier(), of(steepness));
  }

  @Test
  void select_noWearTold_isTheRowOfLargestMagnitude() {
    assertThat(Selections.select(accumulator(2), 0, 1, 3, 2, 0, 0, 0))
        .isEqualTo(new Selection.Rows(new int[] {1}));
  }

  /**
   * Writes 0, 9 and 0 are 3 on average: row 1 stands with probability (4 / 10)^steepness, and the
   * others always. Over 4,000 iterations in which it would win, the share is that to within four
   * standard deviations.
   */
  @ParameterizedTest(name = "steepness={0}")
  @CsvSource({"1, 0.4", "2, 0.16", "3, 0.064"})
  void select_wornRow_isWrittenAsOftenAsItStands(double steepness, double share) {
    LayerAccumulator accumulator = accumulator(steepness);
    accumulator.wear(0, new long[] {0, 9, 0});
    int chosen = 0;
    for (int i = 0; i < 4_000; i++) {
      Selection selection = Selections.select(accumulator, i, 0, 1e6f, 0, 0, 0, 0);
      chosen += selection.equals(new Selection.Rows(new int[] {1})) ? 1 : 0;
    }

    double deviation = Math.sqrt(share * (1 - share) / 4_000);
    assertThat(chosen / 4_000.0).isBetween(share - 4 * deviation, share + 4 * deviation);
  }

  @Test
  void wear_ofAnotherNumberOfRows_isRefused() {
    assertThatThrownBy(() -> accumulator(1).wear(0, new long[] {1, 2}))
        .hasMessage("wear of 2 rows comes for the 3 of layer fc");
  }
}
