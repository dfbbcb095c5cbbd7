package org.sgsars.sparsifier;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.sgsars.model.LayerShape;

/**
 * One float32 per cell of a layer, column by column as frameworks lay out a weight, cut into blocks
 * of whole columns. In its block the value of row r and column c stands at (c mod columnsPerBlock)
 * * R + r.
 *
 * <p>Blocks of all values of a layer are alike, so a loop over several of them has one index for
 * all its arrays. Only such loops are vectorized: of a slice of a long array and another array the
 * compiler cannot tell that they do not overlap.
 */
final class ColumnBlocks {
  /** A block holds so many values, or one column: few enough to stay in a core's cache. */
  private static final int VALUES = 1 << 14;

  private final int rows;
  private final int columnsPerBlock;
  private final float[][] blocks;

  /** All zeros. */
  ColumnBlocks(LayerShape layer) {
    this(layer.rows(), layer.columns());
  }

  private ColumnBlocks(int rows, int columns) {
    this.rows = rows;
    this.columnsPerBlock = Math.max(1, VALUES / rows);
    this.blocks = new float[(columns + columnsPerBlock - 1) / columnsPerBlock][];
    for (int block = 0; block < blocks.length; block++) {
      int held = Math.min(columnsPerBlock, columns - block * columnsPerBlock);
      blocks[block] = new float[held * rows];
    }
  }

  /** Holds nothing. */
  static ColumnBlocks none(LayerShape layer) {
    return new ColumnBlocks(layer.rows(), 0);
  }

  boolean isEmpty() {
    return blocks.length == 0;
  }

  /** Values in the longest block of a layer. */
  static int longest(LayerShape layer) {
    return layer.rows() * Math.min(layer.columns(), Math.max(1, VALUES / layer.rows()));
  }

  /** How many of some columns lie in the block of the first of them. */
  int together(int firstColumn, int columns) {
    return Math.min(columns, columnsPerBlock - firstColumn % columnsPerBlock);
  }

  /** The block that a column lies in; changes to it are changes to the values. */
  float[] block(int column) {
    return blocks[column / columnsPerBlock];
  }

  /** Index of a column's first value in its block. */
  int offset(int column) {
    return column % columnsPerBlock * rows;
  }

  float get(int row, int column) {
    return block(column)[offset(column) + row];
  }

  void set(int row, int column, float value) {
    block(column)[offset(column) + row] = value;
  }

  /** The blocks in order; not to be changed. */
  Iterable<float[]> all() {
    return Arrays.asList(blocks);
  }

  void save(DataOutput out) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(blocks.length == 0 ? 0 : Float.BYTES * blocks[0].length);
    for (float[] block : blocks) {
      bytes.asFloatBuffer().put(block);
      out.write(bytes.array(), 0, Float.BYTES * block.length);
    }
  }

  /** Reads what {@link #save} wrote of the same layer. */
  void restore(DataInput in) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(blocks.length == 0 ? 0 : Float.BYTES * blocks[0].length);
    for (float[] block : blocks) {
      in.readFully(bytes.array(), 0, Float.BYTES * block.length);
      bytes.asFloatBuffer().get(block);
    }
  }
}
