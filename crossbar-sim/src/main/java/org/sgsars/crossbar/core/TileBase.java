package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.sgsars.device.DeviceCells;
import org.sgsars.model.ArrayShape;

/**
 * Writes that the crossbars under a layer's array had before the layer's own counts began: contents
 * of other layers lay in them, or this one in other columns. Counted by tile, row and block of
 * columns, for all columns of the crossbars: cells that nobody uses now are worn all the same.
 *
 * <p>Spare rows lie in no crossbar that changes contents, and have the writes of the layer alone.
 */
final class TileBase {
  private final ArrayShape shape;
  private final int columnsPerBlock;
  private final int blocks;
  private final long[][] base;
  private final int[] firstBlocks;
  private final int[] physicalTiles;

  /** The array's row writes when the base was last brought up to date. */
  private final long[] counted;

  /** By row, of the blocks that the layer uses and of the others; as far as known. */
  private final long[] mostUsed;

  private final long[] mostOther;
  private final BitSet mostKnown = new BitSet();

  /**
   * @param firstTile number of the layer's first crossbar in the network
   * @throws IllegalArgumentException if blocks do not fill crossbars, or what the layer uses of
   *     them
   */
  TileBase(ArrayShape shape, int columnsPerBlock, int firstTile) {
    int size = shape.crossbarSize();
    int last = shape.usedColumns(shape.tileColumns() - 1);
    if (columnsPerBlock < 1 || size % columnsPerBlock != 0 || last % columnsPerBlock != 0) {
      throw new IllegalArgumentException(
          "blocks of %d columns do not fill crossbars of %d, or the %d columns used of the last"
              .formatted(columnsPerBlock, size, last));
    }
    this.shape = shape;
    this.columnsPerBlock = columnsPerBlock;
    this.blocks = shape.crossbarSize() / columnsPerBlock;
    this.base = new long[shape.tiles()][shape.crossbarSize() * blocks];
    this.firstBlocks = new int[shape.tiles()];
    this.physicalTiles = new int[shape.tiles()];
    Arrays.setAll(physicalTiles, tile -> firstTile + tile);
    this.counted = new long[shape.physicalRows()];
    this.mostUsed = new long[shape.physicalRows()];
    this.mostOther = new long[shape.physicalRows()];
  }

  int columnsPerBlock() {
    return columnsPerBlock;
  }

  private int usedBlocks(int tile) {
    return shape.usedColumns(tile % shape.tileColumns()) / columnsPerBlock;
  }

  private boolean isSpare(int row) {
    return row >= shape.tiledRows();
  }

  /** Where the counts of a tile's row begin. */
  private int from(int row) {
    return row % shape.crossbarSize() * blocks;
  }

  /** The array's own writes become part of the base. */
  void absorb(long[] rowWrites) {
    for (int row = 0; row < shape.tiledRows(); row++) {
      long more = rowWrites[row] - counted[row];
      for (int tile = shape.firstTile(row);
          tile < shape.firstTile(row) + shape.tileColumns();
          tile++) {
        add(tile, row, more);
      }
      mostUsed[row] += more;
      counted[row] = rowWrites[row];
    }
  }

  private void add(int tile, int row, long more) {
    int first = from(row) + firstBlocks[tile];
    for (int i = first; i < first + usedBlocks(tile); i++) {
      base[tile][i] += more;
    }
  }

  /**
   * A tile's content lies in another crossbar, or other columns, now and was written into them, in
   * all rows.
   *
   * @throws IllegalArgumentException if the counts do not fill a crossbar, or the columns do not
   *     fit
   */
  void arrive(int tile, int physicalTile, int firstColumn, long[] wearBefore) {
    if (tile < 0 || tile >= base.length || wearBefore.length != base[tile].length) {
      throw new IllegalArgumentException(
          "%d counts come for tile %d of %d, which needs %d"
              .formatted(wearBefore.length, tile, base.length, shape.crossbarSize() * blocks));
    }
    int firstBlock = firstColumn / columnsPerBlock;
    if (firstColumn < 0
        || firstColumn % columnsPerBlock != 0
        || firstBlock + usedBlocks(tile) > blocks) {
      throw new IllegalArgumentException(
          "columns from %d on do not fit crossbars of %d in blocks of %d"
              .formatted(firstColumn, shape.crossbarSize(), columnsPerBlock));
    }
    physicalTiles[tile] = physicalTile;
    base[tile] = wearBefore.clone();
    firstBlocks[tile] = firstBlock;
    for (int row = 0; row < shape.crossbarSize(); row++) {
      add(tile, row, 1);
    }
    int firstRow = shape.firstRow(tile);
    mostKnown.clear(firstRow, firstRow + shape.crossbarSize());
  }

  /** Writes of a cell, with those that the array counted since. */
  long cellWrites(int row, int column, long rowWrites) {
    if (isSpare(row)) {
      return rowWrites;
    }
    int size = shape.crossbarSize();
    int tile = shape.firstTile(row) + column / size;
    int block = firstBlocks[tile] + column % size / columnsPerBlock;
    return base[tile][from(row) + block] + rowWrites - counted[row];
  }

  /** Writes of the most worn cell of a row in all columns of its crossbars, used or not. */
  long mostCellWrites(int row, long rowWrites) {
    if (isSpare(row)) {
      return rowWrites;
    }
    if (!mostKnown.get(row)) {
      findMost(row);
    }
    return Math.max(mostUsed[row] + rowWrites - counted[row], mostOther[row]);
  }

  private void findMost(int row) {
    mostUsed[row] = 0;
    mostOther[row] = 0;
    for (int tile = shape.firstTile(row);
        tile < shape.firstTile(row) + shape.tileColumns();
        tile++) {
      int usedFrom = from(row) + firstBlocks[tile];
      int usedTo = usedFrom + usedBlocks(tile);
      for (int i = from(row); i < from(row) + blocks; i++) {
        long[] most = i >= usedFrom && i < usedTo ? mostUsed : mostOther;
        most[row] = Math.max(most[row], base[tile][i]);
      }
    }
    mostKnown.set(row);
  }

  /** The cells of a row in all its crossbars, in groups that are written alike. */
  List<WornCells.Group> groups(int row, DeviceCells device) {
    int perWeight = device.device().cellsPerWeight();
    if (isSpare(row)) {
      int all = shape.layer().columns() * perWeight;
      return List.of(new WornCells.Group(device.row(row), 0, all, 0, 0, true));
    }
    int cells = columnsPerBlock * perWeight;
    List<WornCells.Group> groups = new ArrayList<>();
    for (int column = 0; column < shape.tileColumns(); column++) {
      int tile = shape.firstTile(row) + column;
      DeviceCells.TileRow home = device.tileRow(physicalTiles[tile], row % shape.crossbarSize());
      for (int block = 0; block < blocks; block++) {
        int fromFirst = block - firstBlocks[tile];
        boolean used = fromFirst >= 0 && fromFirst < usedBlocks(tile);
        long before = base[tile][from(row) + block];
        groups.add(
            new WornCells.Group(
                home.row(),
                (home.firstColumn() + block * columnsPerBlock) * perWeight,
                cells,
                used
                    ? (column * shape.crossbarSize() + fromFirst * columnsPerBlock) * perWeight
                    : -1,
                used ? before - counted[row] : before,
                used));
      }
    }
    return groups;
  }

  long arrivalCells(int tile) {
    return (long) shape.crossbarSize() * usedBlocks(tile) * columnsPerBlock;
  }

  void save(DataOutput out) throws IOException {
    for (int tile = 0; tile < base.length; tile++) {
      out.writeInt(firstBlocks[tile]);
      out.writeInt(physicalTiles[tile]);
      for (long writes : base[tile]) {
        out.writeLong(writes);
      }
    }
    for (long count : counted) {
      out.writeLong(count);
    }
  }

  void restore(DataInput in) throws IOException {
    for (int tile = 0; tile < base.length; tile++) {
      firstBlocks[tile] = in.readInt();
      physicalTiles[tile] = in.readInt();
      for (int i = 0; i < base[tile].length; i++) {
        base[tile][i] = in.readLong();
      }
    }
    for (int row = 0; row < counted.length; row++) {
      counted[row] = in.readLong();
    }
    mostKnown.clear();
  }
}
