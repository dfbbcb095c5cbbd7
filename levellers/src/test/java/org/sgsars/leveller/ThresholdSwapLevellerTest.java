package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.model.Selection;

final class ThresholdSwapLevellerTest extends LevellerContract<ThresholdSwapLeveller.Settings> {
  @Override
  protected LevellerPolicy<ThresholdSwapLeveller.Settings> policy() {
    return new ThresholdSwapLeveller();
  }

  @Override
  protected ThresholdSwapLeveller.Settings settings() {
    return policy().settings(Map.of("lead", 3L));
  }

  /**
   * An independent simulation of the same selections (10, 73, 785 and 33 logical rows) gave
   * extensions of 364 to 606 at 13 exchanges per 100 updates, at a lead of 8. An exchange is two
   * writes here.
   */
  @ParameterizedTest(name = "layer={0}, {1} rows in {2}")
  @CsvSource({"0, 10, 512", "1, 73, 512", "2, 785, 1024", "3, 33, 512"})
  void apply_selectionsOfARealRun_livesAsLongAsSimulatedElsewhere(
      int layer, int logicalRows, int physicalRows) throws Exception {
    RowArray array = new RowArray(logicalRows, physicalRows);

    ArsOracleTest.replay(
        layer, array, policy().create(array, policy().settings(Map.of("lead", 8L)), 1));

    double extension = 20_000.0 / Arrays.stream(array.writes()).max().orElseThrow();
    double exchanges = (Arrays.stream(array.writes()).sum() - 20_000) / 2.0;
    assertThat(extension).isBetween(363.5, 606.5);
    assertThat(exchanges / 20_000).isBetween(0.125, 0.145);
  }

  @Test
  void afterWrite_belowTheLead_rowStays() {
    RowArray array = new RowArray(2, 3);
    Leveller leveller = policy().create(array, settings(), 1);

    array.apply(new Selection.Rows(new int[] {1}), 0, leveller);
    array.apply(new Selection.Rows(new int[] {1}), 1, leveller);

    assertThat(array.writes()).containsExactly(0, 2, 0);
    assertThat(array.physicalRow(1)).isEqualTo(1);
  }

  @Test
  void afterWrite_atTheLead_changesPlacesWithTheLeastWorn() {
    RowArray array = new RowArray(2, 3);
    Leveller leveller = policy().create(array, settings(), 1);

    for (int i = 0; i < 3; i++) {
      array.apply(new Selection.Rows(new int[] {1}), i, leveller);
    }

    // Three writes of row 1 against none of row 0: both are written once more.
    assertThat(array.writes()).containsExactly(1, 4, 0);
    assertThat(array.logicalToPhysical()).containsExactly(1, 0, 2);
  }
}
