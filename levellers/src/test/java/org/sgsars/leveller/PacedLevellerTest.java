package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.model.Selection;

final class PacedLevellerTest extends LevellerContract<PacedLeveller.Settings> {
  @Override
  protected LevellerPolicy<PacedLeveller.Settings> policy() {
    return new PacedLeveller();
  }

  @Override
  protected PacedLeveller.Settings settings() {
    return policy().settings(Map.of("gap", 2L, "relativeGap", 0.03125, "budget", 0.09));
  }

  private Leveller on(RowArray array) {
    return policy().create(array, settings(), 1);
  }

  @Test
  void beforeWrite_freeRow_takesTheUpdateAtNoCost() {
    RowArray array = new RowArray(2, 4);

    array.apply(new Selection.Rows(new int[] {1}), 0, on(array));

    assertThat(array.writes()).containsExactly(0, 0, 1, 0);
    assertThat(array.isFree(1)).isTrue();
  }

  /**
   * Two rows, one content written again and again, a budget of 9 %. The gap is 2 * (1 + 7) = 16 as
   * long as hardly any budget is saved; 0.045 writes, a quarter of what a write per row brings, are
   * ample. The 12th update is the first whose budget, 1.08, pays for a move, and finds 11 writes
   * against none and a gap of 2.
   */
  @Test
  void beforeWrite_hotRowInAFullArray_movesAsSoonAsTheBudgetAllows() {
    RowArray array = new RowArray(2, 2);
    Leveller leveller = on(array);

    for (int i = 0; i < 11; i++) {
      array.apply(new Selection.Rows(new int[] {0}), i, leveller);
    }
    assertThat(array.writes()).containsExactly(11, 0);
    array.apply(new Selection.Rows(new int[] {0}), 11, leveller);

    assertThat(array.writes()).containsExactly(12, 1);
    assertThat(array.physicalRow(0)).isEqualTo(1);
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void apply_anySelections_levellingNeverExceedsTheBudget(long seed) {
    RowArray array = new RowArray(60, 64);
    Leveller leveller = policy().create(array, settings(), seed);
    SplittableRandom random = new SplittableRandom(seed);

    for (int i = 1; i <= 5_000; i++) {
      int row = random.nextInt(1 + random.nextInt(60));
      array.apply(new Selection.Rows(new int[] {row}), i, leveller);
      long levelling = Arrays.stream(array.writes()).sum() - i;
      assertThat(levelling).isLessThanOrEqualTo((long) (0.09 * i));
    }
  }

  /** What the project promises of its best leveller: see docs/SCHEMES.md. */
  @ParameterizedTest(name = "layer={0}, {1} rows in {2}")
  @CsvSource({"0, 10, 512, 0.975", "1, 73, 512, 0.975", "2, 785, 1024, 0.81", "3, 33, 512, 0.975"})
  void apply_selectionsOfARealRun_comesNearToTheBound(
      int layer, int logicalRows, int physicalRows, double efficiency) throws Exception {
    RowArray array = new RowArray(logicalRows, physicalRows);

    ArsOracleTest.replay(layer, array, on(array));

    double extension = 20_000.0 / Arrays.stream(array.writes()).max().orElseThrow();
    assertThat(extension / physicalRows).isGreaterThan(efficiency);
    assertThat(Arrays.stream(array.writes()).sum() / 20_000.0 - 1).isBetween(0.0, 0.09);
  }

  @Test
  void stateBits_512Rows_areMapTwoCountersAndHeat() {
    // 9 bits of map, twice 15 to count to 20,000, and heat up to 2 * 8 gaps of 2: 6 bits.
    assertThat(policy().stateBits(settings(), array(512), 20_000)).hasValue(512 * (9 + 2 * 15 + 6));
  }
}
