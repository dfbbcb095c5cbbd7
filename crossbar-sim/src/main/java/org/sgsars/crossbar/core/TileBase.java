package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.sgsars.contract.model.ArrayShape;

/**
 * Writes that the cells under a layer's array had before the layer's own counts began: contents of
 * other layers lay in the same crossbars. Counted by tile, row and block of columns.
 */
final class TileBase {
  private final ArrayShape shape;
  private final int columnsPerBlock;
  private final long[][] base;

  /** The array's row writes when the base was last brought up to date. */
  private final long[] counted;

  TileBase(ArrayShape shape, int columnsPerBlock) {
    this.shape = shape;
    this.columnsPerBlock = columnsPerBlock;
    this.base = new long[shape.tiles()][];
    for (int tile = 0; tile < base.length; tile++) {
      base[tile] = new long[shape.crossbarSize() * blocks(tile)];
    }
    this.counted = new long[shape.physicalRows()];
  }

  int columnsPerBlock() {
    return columnsPerBlock;
  }

  private int blocks(int tile) {
    return shape.usedColumns(tile % shape.tileColumns()) / columnsPerBlock;
  }

  /** The array's own writes become part of the base. */
  void take(long[] rowWrites) {
    for (int row = 0; row < rowWrites.length; row++) {
      long more = rowWrites[row] - counted[row];
      int first = row / shape.crossbarSize() * shape.tileColumns();
      for (int tile = first; tile < first + shape.tileColumns(); tile++) {
        int blocks = blocks(tile);
        int from = row % shape.crossbarSize() * blocks;
        for (int i = from; i < from + blocks; i++) {
          base[tile][i] += more;
        }
      }
      counted[row] = rowWrites[row];
    }
  }

  /**
   * A tile's content lies in other cells now and was written into them, in all rows.
   *
   * @throws IllegalArgumentException if the counts do not fill the tile
   */
  void arrive(int tile, long[] wearBefore) {
    if (tile < 0 || tile >= base.length || wearBefore.length != base[tile].length) {
      throw new IllegalArgumentException(
          "%d counts come for tile %d of %d, which needs %d"
              .formatted(
                  wearBefore.length,
                  tile,
                  base.length,
                  shape.crossbarSize() * blocks(Math.floorMod(tile, base.length))));
    }
    for (int i = 0; i < wearBefore.length; i++) {
      base[tile][i] = wearBefore[i] + 1;
    }
  }

  /** Writes of a cell, with those that the array counted since. */
  long cellWrites(int row, int column, long rowWrites) {
    int size = shape.crossbarSize();
    int tile = row / size * shape.tileColumns() + column / size;
    int block = column % size / columnsPerBlock;
    return base[tile][row % size * blocks(tile) + block] + rowWrites - counted[row];
  }

  long arrivalCells(int tile) {
    return (long) shape.crossbarSize() * shape.usedColumns(tile % shape.tileColumns());
  }

  void save(DataOutput out) throws IOException {
    for (long[] tile : base) {
      for (long writes : tile) {
        out.writeLong(writes);
      }
    }
    for (long count : counted) {
      out.writeLong(count);
    }
  }

  void restore(DataInput in) throws IOException {
    for (long[] tile : base) {
      for (int i = 0; i < tile.length; i++) {
        tile[i] = in.readLong();
      }
    }
    for (int row = 0; row < counted.length; row++) {
      counted[row] = in.readLong();
    }
  }
}
