package org.sgsars.leveller;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.device.DeviceCells;
import org.sgsars.model.ArrayShape;

/**
 * How many writes the rows of one layer's array survive: as many as the weakest cell that the layer
 * uses in them. A test of the fresh crossbars would tell; here the device's own draws do.
 */
public final class RowEndurance {
  private static final long UNKNOWN = -1;

  private final DeviceCells cells;
  private final ArrayShape array;
  private final int[] physicalTiles;
  private final int[] firstColumns;
  private boolean contentsMoved;

  /** By physical row, once somebody asked: few do, and it takes a look at every cell of the row. */
  private long @Nullable [] known;

  public RowEndurance(DeviceCells cells) {
    this.cells = cells;
    this.array = cells.array();
    this.physicalTiles = new int[array.tiles()];
    this.firstColumns = new int[array.tiles()];
    Arrays.setAll(physicalTiles, tile -> cells.firstTile() + tile);
  }

  /** A tile's content lies in another crossbar, or in other columns, now. */
  void moved(int tile, int physicalTile, int firstColumn) {
    contentsMoved = true;
    physicalTiles[tile] = physicalTile;
    firstColumns[tile] = firstColumn;
  }

  /** The rows' cells may be others; they are looked at again when somebody asks. */
  void outdate() {
    known = null;
  }

  /**
   * Writes that the cells of a crossbar survive, those of its weakest cell where several are
   * counted together: by row, then block of columns, for all its columns.
   *
   * @param physicalTile number of the crossbar in the network
   */
  long[] ofCrossbar(int physicalTile, int columnsPerBlock) {
    int blocks = array.crossbarSize() / columnsPerBlock;
    long[] survived = new long[array.crossbarSize() * blocks];
    for (int row = 0; row < array.crossbarSize(); row++) {
      DeviceCells.TileRow home = cells.tileRow(physicalTile, row);
      for (int block = 0; block < blocks; block++) {
        survived[row * blocks + block] =
            cells
                .device()
                .weakest(home.row(), home.firstColumn() + block * columnsPerBlock, columnsPerBlock);
      }
    }
    return survived;
  }

  /** Writes of whole rows that a physical row survives; it fails at the next. 0 if at the first. */
  long survives(int physicalRow) {
    long[] found = known;
    if (found == null) {
      found = new long[array.physicalRows()];
      Arrays.fill(found, UNKNOWN);
      known = found;
    }
    if (found[physicalRow] == UNKNOWN) {
      found[physicalRow] = weakestCell(physicalRow);
    }
    return found[physicalRow];
  }

  /** The physical rows in which a cell that the layer uses is stuck when fresh. */
  BitSet stuckWhenFresh() {
    BitSet stuck = new BitSet();
    if (cells.device().stuckShare() > 0) {
      int cellsOfRow = array.layer().columns() * cells.device().cellsPerWeight();
      for (int row = 0; row < array.physicalRows(); row++) {
        long draws = cells.row(row);
        stuck.set(
            row,
            IntStream.range(0, cellsOfRow)
                .anyMatch(cell -> cells.device().stuckWhenFresh(draws, cell).isPresent()));
      }
    }
    return stuck;
  }

  /** Writes that a physical row survives, at least 1. */
  long of(int physicalRow) {
    return Math.max(1, survives(physicalRow));
  }

  /**
   * Writes that the columns of a wordline survive, block after block, at least 1.
   *
   * @param row in a block
   * @param rowsOfBlock as many rows on lies the same row of the next block
   */
  long ofAllBlocks(int row, int rowsOfBlock) {
    long all = 0;
    for (int at = row; at < array.physicalRows(); at += rowsOfBlock) {
      all += of(at);
    }
    return all;
  }

  /** Writes that a single weight survives; it fails at the next. */
  long ofWeight(int physicalRow, int column) {
    return cells.device().weakest(cells.row(physicalRow), column, 1);
  }

  /** Physical rows, those of all blocks of columns. */
  int rows() {
    return array.physicalRows();
  }

  /** Columns of the layer. */
  int columns() {
    return array.layer().columns();
  }

  private long weakestCell(int row) {
    if (!contentsMoved || row >= array.tiledRows()) {
      long draws = cells.row(row);
      return cells.device().weakest(draws, 0, array.layer().columns());
    }
    long least = Long.MAX_VALUE;
    for (int column = 0; column < array.tileColumns(); column++) {
      int tile = array.firstTile(row) + column;
      DeviceCells.TileRow home = cells.tileRow(physicalTiles[tile], row % array.crossbarSize());
      int first = home.firstColumn() + firstColumns[tile];
      least = Math.min(least, cells.device().weakest(home.row(), first, array.usedColumns(column)));
    }
    return least;
  }
}
