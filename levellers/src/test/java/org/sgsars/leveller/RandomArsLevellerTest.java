package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.sgsars.model.Selection;

final class RandomArsLevellerTest extends LevellerContract<RandomArsLeveller.Settings> {
  @Override
  protected LevellerPolicy<RandomArsLeveller.Settings> policy() {
    return new RandomArsLeveller();
  }

  @Override
  protected RandomArsLeveller.Settings settings() {
    return policy().settings(Map.of("interval", 4L, "pairs", 2L));
  }

  @Test
  void afterIteration_manySeeds_coldSideIsAnyRowOfTheLessWornHalf() {
    TreeSet<Integer> partners = new TreeSet<>();
    for (long seed = 0; seed < 100; seed++) {
      RowArray array = new RowArray(8, 8);
      Leveller leveller =
          policy().create(array, policy().settings(Map.of("interval", 1L, "pairs", 1L)), seed);

      array.apply(new Selection.Rows(new int[] {7}), 0, leveller);

      assertThat(array.writes(7)).isEqualTo(2);
      partners.add(array.physicalRow(7));
    }

    // Row 7 has the only write, so the less worn half is rows 0 to 3.
    assertThat(partners).containsExactly(0, 1, 2, 3);
  }

  @Test
  void afterIteration_morePairsThanFit_areHalvedAndNoRowIsInTwo() {
    RowArray array = new RowArray(8, 8);
    Leveller leveller =
        policy().create(array, policy().settings(Map.of("interval", 1L, "pairs", 100L)), 5);

    RowArray.IterationWrites writes = array.apply(new Selection.Rows(new int[] {0}), 0, leveller);

    // 100, 50, 25, 12, 6, 3: below half of eight rows.
    assertThat(writes.levellingRows()).hasSize(6).doesNotHaveDuplicates();
  }
}
