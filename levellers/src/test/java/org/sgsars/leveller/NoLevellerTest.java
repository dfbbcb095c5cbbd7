package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.sgsars.model.Selection;
import org.sgsars.policy.NoSettings;

final class NoLevellerTest extends LevellerContract<NoSettings> {
  @Override
  protected LevellerPolicy<NoSettings> policy() {
    return new NoLeveller();
  }

  @Override
  protected NoSettings settings() {
    return new NoSettings();
  }

  @Test
  void apply_rows_writesThemWhereTheyLie() {
    RowArray array = new RowArray(3, 4);

    array.apply(new Selection.Rows(new int[] {0, 2}), 0, policy().create(array, settings(), 1));

    assertThat(array.writes()).containsExactly(1, 0, 1, 0);
    assertThat(array.logicalToPhysical()).containsExactly(0, 1, 2, 3);
  }
}
