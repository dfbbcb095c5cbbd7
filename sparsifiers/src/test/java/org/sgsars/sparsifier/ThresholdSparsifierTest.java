package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.Selection;

final class ThresholdSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy<?> policy() {
    return new ThresholdSparsifier();
  }

  @Override
  Map<String, ?> settings() {
    return Map.of("magnitude", 2.0, "writes", "cells");
  }

  private static List<Selection> select(String writes, float... values) {
    LayerAccumulator accumulator =
        Selections.accumulator(
            new ThresholdSparsifier(), Map.of("magnitude", 2.0, "writes", writes));
    return List.of(
        Selections.select(accumulator, 0, values), Selections.select(accumulator, 1, new float[6]));
  }

  /** Rows by columns: (1, 2), (-2.5, 0), (1.9, 1). */
  @Test
  void select_cells_takesThoseAtTheThresholdOrAbove() {
    assertThat(select("cells", 1, -2.5f, 1.9f, 2, 0, 1))
        .containsExactly(
            new Selection.Cells(new int[] {0, 1}, new int[] {1, 0}),
            new Selection.Cells(new int[0], new int[0]));
  }

  @Test
  void select_rows_takesThoseThatHaveSuchACell() {
    assertThat(select("rows", 1, -2.5f, 1.9f, 2, 0, 1))
        .containsExactly(new Selection.Rows(new int[] {0, 1}), new Selection.Rows(new int[0]));
  }
}
