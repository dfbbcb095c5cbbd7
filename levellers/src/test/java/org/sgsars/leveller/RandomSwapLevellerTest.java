package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.sgsars.leveller.RowArray.IterationWrites;
import org.sgsars.model.Selection;

final class RandomSwapLevellerTest extends LevellerContract<RandomSwapLeveller.Settings> {
  @Override
  protected LevellerPolicy<RandomSwapLeveller.Settings> policy() {
    return new RandomSwapLeveller();
  }

  @Override
  protected RandomSwapLeveller.Settings settings() {
    return policy().settings(Map.of("interval", 5L));
  }

  private Leveller every(int interval, RowArray array) {
    return policy().create(array, policy().settings(Map.of("interval", (long) interval)), 1);
  }

  private static IterationWrites write(RowArray array, Leveller leveller, int row) {
    return array.apply(new Selection.Rows(new int[] {row}), 0, leveller);
  }

  /** Of two rows that hold weights the other one is the only target. */
  @Test
  void beforeWrite_onTime_writeGoesToTheOtherRowWhoseContentMoves() {
    RowArray array = new RowArray(2, 2);
    Leveller leveller = every(3, array);
    assertThat(write(array, leveller, 0).levellingRows()).isEmpty();
    assertThat(write(array, leveller, 0).levellingRows()).isEmpty();

    IterationWrites third = write(array, leveller, 0);

    assertThat(third.physicalRows()).containsExactly(1);
    assertThat(third.levellingRows()).containsExactly(0);
    assertThat(array.logicalToPhysical()).containsExactly(1, 0);
    // Row 0: two updates and what was displaced; row 1: the third update.
    assertThat(array.writes()).containsExactly(3, 1);
  }

  @Test
  void beforeWrite_targetIsFree_costsNothing() {
    RowArray array = new RowArray(1, 2);
    Leveller leveller = every(1, array);

    IterationWrites first = write(array, leveller, 0);

    assertThat(first.physicalRows()).containsExactly(1);
    assertThat(first.levellingRows()).isEmpty();
    assertThat(array.logicalToPhysical()).containsExactly(1, 0);
  }

  @Test
  void afterWrite_singleCell_rowsExchangeAfterwards() {
    RowArray array = new RowArray(2, 2);
    Leveller leveller = every(2, array);
    Selection cell = new Selection.Cells(new int[] {1}, new int[] {0});
    array.apply(cell, 0, leveller);

    IterationWrites second = array.apply(cell, 1, leveller);

    assertThat(second.physicalRows()).containsExactly(1);
    assertThat(second.levellingRows()).containsExactly(1, 0);
    assertThat(array.logicalToPhysical()).containsExactly(1, 0);
  }

  @Test
  void afterWrite_allRows_everySecondIsExchanged() {
    RowArray array = new RowArray(2, 2);
    Leveller leveller = every(2, array);

    IterationWrites writes = array.apply(new Selection.All(), 0, leveller);

    // Row 1 is the second that was written.
    assertThat(writes.physicalRows()).containsExactly(0, 1);
    assertThat(writes.levellingRows()).containsExactly(1, 0);
  }

  @Test
  void beforeWrite_manySwaps_everyOtherRowIsATarget() {
    RowArray array = new RowArray(4, 4);
    Leveller leveller = every(1, array);
    TreeSet<Integer> distances = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      int before = array.physicalRow(0);

      write(array, leveller, 0);

      distances.add(Math.floorMod(array.physicalRow(0) - before, 4));
    }

    assertThat(distances).containsExactly(1, 2, 3);
  }

  @Test
  void beforeWrite_oneRow_isWrittenInPlace() {
    RowArray array = new RowArray(1, 1);

    assertThat(write(array, every(1, array), 0).physicalRows()).containsExactly(0);
  }

  @Test
  void stateBits_isTheMapAndTheCounter() {
    // 64 addresses of 6 bits, and a counter to 5 of 3.
    assertThat(policy().stateBits(settings(), array(64), 1_000_000)).hasValue(64 * 6 + 3);
  }
}
