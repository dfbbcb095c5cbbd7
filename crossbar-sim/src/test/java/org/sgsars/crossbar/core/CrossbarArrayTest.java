package org.sgsars.crossbar.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;

final class CrossbarArrayTest {
  private static final ArrayShape SHAPE = new ArrayShape(new LayerShape("fc", 3, 2), 4, 0);

  /** Three logical rows of two columns in four physical rows. */
  private final CrossbarArray array = new CrossbarArray(SHAPE);

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

  /** In a crossbar rows are written one after the other, in two crossbars at the same time. */
  @Test
  void rowTimes_rowsOfTwoCrossbars_areThoseOfTheOneWithTheMost() {
    CrossbarArray two = new CrossbarArray(new ArrayShape(new LayerShape("fc", 6, 8), 4, 0));

    two.updateRows(new int[] {0, 1, 4});
    two.level(new int[] {5, 5, 6, 0});
    assertThat(two.updateRowTimes()).isEqualTo(2);
    assertThat(two.levellingRowTimes()).isEqualTo(3);

    // Four rows in the first crossbar, two in the second.
    two.updateAll();
    assertThat(two.updateRowTimes()).isEqualTo(2 + 4);
    two.updateCells(new int[] {4, 4, 5}, new int[] {0, 1, 0});
    assertThat(two.updateRowTimes()).isEqualTo(2 + 4 + 2);
  }

  /** A crossbar that is filled anew is written row by row. */
  @Test
  void rowTimes_tilesMove_takeAllRowsOfACrossbar() {
    array.moveTiles(2, new int[] {0}, new int[] {0}, new int[] {0}, List.of(new long[8]));
    array.level(new int[0]);
    array.level(new int[0]);

    assertThat(array.levellingRowTimes()).isEqualTo(4);
  }

  @Test
  void move_toAnOccupiedRow_isRefused() {
    assertThatThrownBy(() -> array.move(new int[] {0}, new int[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows move from [0] to [1], which are not the same places");
    assertThatThrownBy(() -> array.move(new int[] {1}, new int[] {1, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("to [1, 2], which are not the same places");
    assertThatThrownBy(() -> array.move(new int[] {2, 3}, new int[] {3, 3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows move from [2, 3] to [3, 3], which are not the same places");
  }

  @Test
  void restore_saved_isTheSame() throws Exception {
    array.updateCells(new int[] {1}, new int[] {0});
    array.level(new int[] {3});
    array.move(new int[] {0, 3}, new int[] {3, 0});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    array.save(new DataOutputStream(bytes));
    CrossbarArray copy = new CrossbarArray(SHAPE);

    copy.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

    assertThat(copy.rowOperations()).containsExactly(array.rowOperations());
    assertThat(copy.logicalToPhysical()).containsExactly(array.logicalToPhysical());
    assertThat(copy.cellWrites(1, 0)).isEqualTo(1);
    assertThat(copy.levellingCellWrites()).isEqualTo(2);
  }

  /** Six columns in tiles of four: the second tile uses two, counted in blocks of two. */
  @Test
  void moveTiles_secondTile_continuesFromTheWearItFinds() throws Exception {
    ArrayShape shape = new ArrayShape(new LayerShape("fc", 4, 6), 4, 0);
    CrossbarArray two = new CrossbarArray(shape);
    two.updateRows(new int[] {1});

    // By row: the block that it leaves alone, and the one it lies in from now on.
    two.moveTiles(
        2,
        new int[] {1},
        new int[] {0},
        new int[] {2},
        List.of(new long[] {7, 10, 50, 20, 0, 30, 0, 40}));
    two.updateRows(new int[] {1, 2});

    // Row 1: two own writes in the first tile; 20 found, one of the move, one own in the second.
    assertThat(two.cellWrites(1, 0)).isEqualTo(2);
    assertThat(two.cellWrites(1, 4)).isEqualTo(22);
    assertThat(two.cellWrites(2, 3)).isEqualTo(1);
    // Row 1 has a cell of 50 writes that nobody uses now.
    assertThat(two.rowOperations()).containsExactly(11, 50, 32, 41);
    assertThat(two.maxCellWrites()).isEqualTo(50);
    assertThat(two.updateCellWrites()).isEqualTo(3 * 6);
    assertThat(two.levellingCellWrites()).isEqualTo(4 * 2);

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    two.save(new DataOutputStream(bytes));
    CrossbarArray copy = new CrossbarArray(shape);
    copy.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(copy.rowOperations()).containsExactly(two.rowOperations());
  }

  /** Against a count of every block, over writes and arrivals in any order. */
  @Test
  void rowOperations_tilesComeAndGo_areTheMostOfTheRowsBlocks() {
    // Two tiles of six rows, three blocks of two columns each, of which the layer uses one.
    CrossbarArray eight = new CrossbarArray(new ArrayShape(new LayerShape("fc", 8, 2), 6, 0));
    int size = 6;
    SplittableRandom random = new SplittableRandom(9);
    long[][] blocks = new long[2 * size][3];
    int[] first = new int[2];
    for (int step = 0; step < 300; step++) {
      if (random.nextInt(5) == 0) {
        int tile = random.nextInt(2);
        first[tile] = random.nextInt(3);
        long[] before = random.longs(3L * size, 0, 40).toArray();
        for (int row = 0; row < size; row++) {
          System.arraycopy(before, 3 * row, blocks[tile * size + row], 0, 3);
          blocks[tile * size + row][first[tile]]++;
        }
        eight.moveTiles(
            2, new int[] {tile}, new int[] {tile}, new int[] {2 * first[tile]}, List.of(before));
      } else {
        int row = random.nextInt(8);
        eight.updateRows(new int[] {row});
        blocks[row][first[row / size]]++;
      }
      long[] most =
          Arrays.stream(blocks).mapToLong(of -> Arrays.stream(of).max().orElse(0)).toArray();
      assertThat(eight.rowOperations()).as("step %d", step).isEqualTo(most);
      assertThat(eight.maxCellWrites()).isEqualTo(Arrays.stream(most).max().orElse(0));
    }
  }

  /**
   * The four rows of the crossbar go to one of 9 writes a cell; row 4 is spare and stays behind.
   */
  @Test
  void moveTiles_spareRow_keepsItsOwnWrites() {
    ArrayShape shape = new ArrayShape(new LayerShape("fc", 4, 2), 4, 1);
    CrossbarArray five = new CrossbarArray(shape);
    five.updateRows(new int[] {0, 4});
    long[] nine = new long[8];
    Arrays.fill(nine, 9);

    five.moveTiles(2, new int[] {0}, new int[] {3}, new int[] {2}, List.of(nine));
    five.updateRows(new int[] {4});

    assertThat(five.rowOperations()).containsExactly(10, 10, 10, 10, 2);
    assertThat(five.cellWrites(4, 1)).isEqualTo(2);
    assertThat(five.levellingCellWrites()).isEqualTo(4 * 2);
  }

  @Test
  void moveTiles_countsThatDoNotFill_areRefused() {
    List<long[]> two = List.of(new long[] {1, 2});
    List<long[]> eight = List.of(new long[8]);

    assertThatThrownBy(() -> array.moveTiles(2, new int[] {0}, new int[] {0}, new int[] {0}, two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 counts come for tile 0 of 1, which needs 8");
    assertThatThrownBy(() -> array.moveTiles(2, new int[] {0}, new int[] {0}, new int[] {4}, eight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("columns from 4 on do not fit crossbars of 4 in blocks of 2");
  }
}
