package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;

final class AttackerSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy<?> policy() {
    return new AttackerSparsifier();
  }

  @Override
  Map<String, ?> settings() {
    return of("fixed-row");
  }

  private static Map<String, ?> of(String pattern) {
    return Map.of("pattern", pattern, "row", 1L, "ascents", 2L);
  }

  private static List<Integer> rows(String pattern, int iterations) {
    LayerAccumulator accumulator = Selections.accumulator(new AttackerSparsifier(), of(pattern));
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < iterations; i++) {
      Selection selection = Selections.select(accumulator, i, new float[6]);
      rows.add(((Selection.Rows) selection).rows()[0]);
    }
    return rows;
  }

  @Test
  void select_fixedRow_isThatRow() {
    assertThat(rows("fixed-row", 4)).containsExactly(1, 1, 1, 1);
  }

  @Test
  void select_ascendThenHammer_writesAllRowsAsOftenAsItSaysFirst() {
    assertThat(rows("ascend-then-hammer", 8)).containsExactly(0, 1, 2, 0, 1, 2, 1, 1);
  }

  @Test
  void create_follower_isForTheBench() {
    assertThatThrownBy(() -> rows("follower", 1))
        .hasMessageContaining("which only ./sgs-ars bench passes to it");
  }

  @Test
  void problemWith_rowTheLayerHasNot_isNamed() {
    ArrayShape array = new ArrayShape(new LayerShape("fc", 1, 2), 4, 0);

    assertThat(bound().problemWith(array))
        .hasValue("row: 1 is not allowed; layer fc has the rows [0, 1)");
  }
}
