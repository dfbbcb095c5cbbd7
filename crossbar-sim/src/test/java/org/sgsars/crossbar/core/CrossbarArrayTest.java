package org.sgsars.crossbar.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import org.junit.jupiter.api.Test;

final class CrossbarArrayTest {
  /** Three logical rows of two columns in four physical rows. */
  private final CrossbarArray array = new CrossbarArray(3, 2, 4);

  @Test
  void updateAll_afterAMove_writesTheRowsWhereTheyLie() {
    array.move(new int[] {0, 3}, new int[] {3, 0});

    array.updateAll();

    assertThat(array.rowOperations()).containsExactly(0, 1, 1, 1);
    assertThat(array.updateCellWrites()).isEqualTo(6);
  }

  @Test
  void updateCells_cellsOfOneRow_areOneOperationOfTheRow() {
    array.updateRows(new int[] {1});
    array.updateCells(new int[] {1, 1, 2}, new int[] {0, 1, 1});
    array.level(new int[] {2});

    assertThat(array.rowOperations()).containsExactly(0, 2, 2, 0);
    assertThat(array.cellWrites(1, 0)).isEqualTo(2);
    assertThat(array.cellWrites(2, 0)).isEqualTo(1);
    assertThat(array.cellWrites(2, 1)).isEqualTo(2);
    assertThat(array.maxCellWrites()).isEqualTo(2);
    assertThat(array.updateCellWrites()).isEqualTo(2 + 3);
    assertThat(array.levellingCellWrites()).isEqualTo(2);
  }

  @Test
  void move_toAnOccupiedRow_isRefused() {
    assertThatThrownBy(() -> array.move(new int[] {0}, new int[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows move from [0] to [1], which are not the same places");
  }

  @Test
  void restore_saved_isTheSame() throws Exception {
    array.updateCells(new int[] {1}, new int[] {0});
    array.level(new int[] {3});
    array.move(new int[] {0, 3}, new int[] {3, 0});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    array.save(new DataOutputStream(bytes));
    CrossbarArray copy = new CrossbarArray(3, 2, 4);

    copy.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

    assertThat(copy.rowOperations()).containsExactly(array.rowOperations());
    assertThat(copy.logicalToPhysical()).containsExactly(array.logicalToPhysical());
    assertThat(copy.cellWrites(1, 0)).isEqualTo(1);
    assertThat(copy.levellingCellWrites()).isEqualTo(2);
  }
}
