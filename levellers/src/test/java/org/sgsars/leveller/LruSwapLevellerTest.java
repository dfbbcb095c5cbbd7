package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.Selection;

final class LruSwapLevellerTest extends LevellerContract<LruSwapLeveller.Settings> {
  @Override
  protected LevellerPolicy<LruSwapLeveller.Settings> policy() {
    return new LruSwapLeveller();
  }

  @Override
  protected LruSwapLeveller.Settings settings() {
    return policy().settings(Map.of("countBothRows", true));
  }

  @Test
  void afterWrite_bothCounted_writtenRowAndLeastWornAreWrittenOnceMore() {
    RowArray array = new RowArray(2, 3);

    array.apply(new Selection.Rows(new int[] {1}), 0, policy().create(array, settings(), 1));

    // Row 1 has one write; the least worn is row 0. The exchange writes both.
    assertThat(array.writes()).containsExactly(1, 2, 0);
    assertThat(array.logicalToPhysical()).containsExactly(1, 0, 2);
  }

  @Test
  void afterWrite_oneCounted_onlyTheLeastWornIsWrittenOnceMore() {
    RowArray array = new RowArray(2, 3);
    var one = policy().settings(Map.of("countBothRows", false));

    array.apply(new Selection.Rows(new int[] {1}), 0, policy().create(array, one, 1));

    assertThat(array.writes()).containsExactly(1, 1, 0);
  }

  @Test
  void afterWrite_onlyRow_staysWhereItIs() {
    RowArray array = new RowArray(1, 1);

    array.apply(new Selection.Rows(new int[] {0}), 0, policy().create(array, settings(), 1));

    assertThat(array.writes()).containsExactly(1);
  }
}
