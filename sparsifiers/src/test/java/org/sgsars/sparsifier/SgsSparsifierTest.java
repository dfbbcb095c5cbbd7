package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;

final class SgsSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy<?> policy() {
    return new SgsSparsifier();
  }

  @Override
  Map<String, ?> settings() {
    return Map.of("score", "sum", "rows", 2L, "byPosition", false, "smallRows", 128L);
  }

  private static Selection select(Map<String, Object> more, float... gradients) {
    Map<String, Object> settings =
        new TreeMap<>(Map.of("score", "max", "rows", 1L, "byPosition", false, "smallRows", 128L));
    settings.putAll(more);
    return Selections.select(Selections.accumulator(new SgsSparsifier(), settings), 0, gradients);
  }

  /** Three rows in blocks of two: (0, 1) and (2). */
  @Test
  void select_blocks_takesAllRowsOfTheBlockOfLargestScore() {
    assertThat(select(Map.of("block", 2L), 0, 3, 2, 0, 0, 0))
        .isEqualTo(new Selection.Rows(new int[] {0, 1}));
    assertThat(select(Map.of("block", 2L), 1, 1, 2, 0, 0, 0))
        .isEqualTo(new Selection.Rows(new int[] {2}));
    assertThat(select(Map.of("block", 2L, "score", "sum"), 1, 1.5f, 2, 0, 0, 0))
        .isEqualTo(new Selection.Rows(new int[] {0, 1}));
  }

  /** Two thirds of three rows are two; a tenth is less than one row, and one is written. */
  @Test
  void select_share_takesSoManyOfTheRows() {
    assertThat(select(Map.of("share", 0.67), 1, 2, 3, 0, 0, 0))
        .isEqualTo(new Selection.Rows(new int[] {1, 2}));
    assertThat(select(Map.of("share", 0.1), 1, 2, 3, 0, 0, 0))
        .isEqualTo(new Selection.Rows(new int[] {2}));
  }

  @Test
  void problemWith_rowsAndShare_saysThatOneIsEnough() {
    Map<String, Object> both =
        Map.of("rows", 2L, "share", 0.5, "byPosition", false, "score", "max", "smallRows", 1L);

    assertThat(Selections.bound(policy(), both).problem())
        .hasValue("rows and share both say how much is written; give one of them");
  }

  @Test
  void problemWith_moreBlocksThanRows_namesTheLayer() {
    Map<String, Object> blocks =
        Map.of("rows", 2L, "block", 3L, "byPosition", false, "score", "max", "smallRows", 1L);
    ArrayShape array = new ArrayShape(new LayerShape("fc", 5, 2), 8, 0);

    assertThat(Selections.bound(policy(), blocks).problemWith(array))
        .hasValue(
            "rows: 2 blocks of 3 rows is more than the 5 rows of layer fc; allowed: at most the rows of the smallest layer");
  }
}
