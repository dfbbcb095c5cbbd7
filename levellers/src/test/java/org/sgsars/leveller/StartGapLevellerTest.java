package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;

final class StartGapLevellerTest extends LevellerContract<StartGapLeveller.Settings> {
  private static final LayerShape FOUR_ROWS = new LayerShape("fc", 4, 2);

  @Override
  protected LevellerPolicy<StartGapLeveller.Settings> policy() {
    return new StartGapLeveller();
  }

  @Override
  protected StartGapLeveller.Settings settings() {
    return policy().settings(Map.of("psi", 3L));
  }

  /** The gap starts at row 4 and moves down by one row after every third write. */
  @Test
  void afterWrite_everyThird_contentBeforeTheGapMovesIntoIt() {
    RowArray array = new RowArray(4, 5);
    Leveller leveller = policy().create(array, settings(), 1);

    for (int i = 0; i < 2; i++) {
      array.apply(new Selection.Rows(new int[] {0}), i, leveller);
    }
    assertThat(array.logicalToPhysical()).containsExactly(0, 1, 2, 3, 4);
    array.apply(new Selection.Rows(new int[] {0}), 2, leveller);

    // Content 3 moved into row 4, which was written once; the gap is row 3.
    assertThat(array.logicalToPhysical()).containsExactly(0, 1, 2, 4, 3);
    assertThat(array.writes()).containsExactly(3, 0, 0, 0, 1);
  }

  @Test
  void afterWrite_afterAWholeRound_everyContentIsOneRowOn() {
    RowArray array = new RowArray(4, 5);
    Leveller leveller = policy().create(array, settings(), 1);

    for (int i = 0; i < 3 * 5; i++) {
      array.apply(new Selection.Rows(new int[] {0}), i, leveller);
    }

    // Four moves bring the gap to row 0, the fifth takes the last content around the end.
    assertThat(array.logicalToPhysical()).containsExactly(1, 2, 3, 0, 4);
  }

  @Test
  void problemWith_noRowWithoutWeights_asksForASpareRow() {
    assertThat(policy().problemWith(settings(), new ArrayShape(FOUR_ROWS, 4, 0)))
        .hasValue(
            "start-gap needs a row without weights, but layer fc fills its 4 physical rows; give crossbar.spareRows of at least 1");
    assertThat(policy().problemWith(settings(), new ArrayShape(FOUR_ROWS, 4, 1))).isEmpty();
  }

  @Test
  void stateBits_anyIterations_areTwoRegistersAndACounter() {
    // 9 bits for each of two of 512 rows, 7 to count to 100.
    assertThat(policy().stateBits(policy().settings(Map.of("psi", 100L)), array(512), 1_000_000))
        .hasValue(2 * 9 + 7);
  }
}
