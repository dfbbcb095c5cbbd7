package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.model.Selection;

final class ArsLevellerTest extends LevellerContract<ArsLeveller.Settings> {
  @Override
  protected LevellerPolicy<ArsLeveller.Settings> policy() {
    return new ArsLeveller();
  }

  @Override
  protected ArsLeveller.Settings settings() {
    return policy().settings(Map.of("interval", 16L, "pairs", 2L));
  }

  @Test
  void afterIteration_everySecondIteration_exchangesMostWithLeastWorn() {
    RowArray array = new RowArray(3, 4);
    Leveller ars =
        policy().create(array, policy().settings(Map.of("interval", 2L, "pairs", 1L)), 1);

    array.apply(new Selection.Rows(new int[] {1}), 0, ars);
    RowArray.IterationWrites second = array.apply(new Selection.Rows(new int[] {1}), 1, ars);

    // Row 1 has 2 writes; rows 0, 2, 3 have none, and the stable sort puts 0 first.
    assertThat(second.levellingRows()).containsExactly(1, 0);
    assertThat(array.logicalToPhysical()).containsExactly(1, 0, 2, 3);
    assertThat(array.writes()).containsExactly(1, 3, 0, 0);
  }

  @ParameterizedTest(name = "{0} pairs of {1} rows: {2}")
  @CsvSource({"1, 128, 1", "4, 512, 4", "64, 128, 32", "100, 128, 50", "1, 2, 0", "1, 3, 1"})
  void fitting_pairs_areHalvedUntilFewerThanHalfTheRows(int pairs, int rows, int expected) {
    assertThat(ArsLeveller.fitting(pairs, rows)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} % of {1} rows: {2} pairs")
  @CsvSource({"1, 512, 8", "5, 512, 32", "0.1, 512, 0", "0.5, 512, 4", "100, 128, 256"})
  void pairsOf_percent_isThePowerOfTwoAboveHalf(double percent, int rows, int expected) {
    // 1 % of 512 is 5 rows: 2^floor(log2(5) + 1) = 2^3.
    assertThat(ArsLeveller.pairsOf(percent, rows)).isEqualTo(expected);
  }

  @Test
  void problemWith_pairsAndPercent_saysThatOneIsEnough() {
    assertThat(policy().problemWith(policy().settings(Map.of("pairs", 1L, "percent", 1.0))))
        .contains("pairs and percent both say how many rows to exchange; give one of them");
  }
}
