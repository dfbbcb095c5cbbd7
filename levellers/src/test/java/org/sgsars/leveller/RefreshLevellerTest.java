package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.sgsars.model.Selection;

final class RefreshLevellerTest extends LevellerContract<RefreshLeveller.Settings> {
  @Override
  protected LevellerPolicy<RefreshLeveller.Settings> policy() {
    return new RefreshLeveller();
  }

  @Override
  protected RefreshLeveller.Settings settings() {
    return policy().settings(Map.of("interval", 50L));
  }

  @Test
  void afterIteration_onTime_everyMovedRowIsWrittenOnce() {
    RowArray array = new RowArray(4, 8);
    Leveller leveller = policy().create(array, policy().settings(Map.of("interval", 2L)), 3);

    array.apply(new Selection.Rows(new int[] {0}), 0, leveller);
    RowArray.IterationWrites writes = array.apply(new Selection.Rows(new int[] {0}), 1, leveller);

    assertThat(writes.levellingRows()).doesNotHaveDuplicates();
    assertThat(writes.levellingRows().length).isEqualTo(writes.movedLogicalRows().length);
    assertThat(writes.levellingRows()).containsExactlyInAnyOrder(writes.movedToPhysicalRows());
  }

  @Test
  void afterIteration_manySeeds_everyPlaceIsReached() {
    TreeSet<Integer> places = new TreeSet<>();
    for (long seed = 0; seed < 100; seed++) {
      RowArray array = new RowArray(4, 4);

      array.apply(
          new Selection.Rows(new int[] {0}),
          0,
          policy().create(array, policy().settings(Map.of("interval", 1L)), seed));

      places.add(array.physicalRow(0));
    }

    assertThat(places).containsExactly(0, 1, 2, 3);
  }
}
