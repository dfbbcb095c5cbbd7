package org.sgsars.crossbar.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class RowMapTest {
  private final RowMap map = new RowMap(4);

  @Test
  void move_rowsThatTakeEachOthersPlaces_lieThere() {
    map.move(new int[] {0, 2, 3}, new int[] {2, 3, 0});

    assertThat(map.logicalToPhysical()).containsExactly(2, 1, 3, 0);
    assertThat(map.physicalRow(3)).isZero();
  }

  @Test
  void move_placeThatNoRowLeaves_isRefused() {
    assertThatThrownBy(() -> map.move(new int[] {0, 1}, new int[] {1, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows move from [0, 1] to [1, 2], which are not the same places");
  }

  @Test
  void move_twoRowsToOnePlace_isRefused() {
    assertThatThrownBy(() -> map.move(new int[] {0, 1}, new int[] {1, 1}))
        .hasMessageContaining("rows move from [0, 1] to [1, 1]");
  }

  /** What was noted of the moves that were refused must not let a later one through. */
  @Test
  void move_afterARefusal_isHeldToTheSameRule() {
    assertThatThrownBy(() -> map.move(new int[] {3}, new int[] {2}));

    assertThatThrownBy(() -> map.move(new int[] {0}, new int[] {3}))
        .hasMessageContaining("rows move from [0] to [3]");
  }
}
