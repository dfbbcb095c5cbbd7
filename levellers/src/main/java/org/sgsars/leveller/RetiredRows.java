package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a layer's array have failed and are given up, and how a write of a row shows that:
 * every write is verified, and a row has failed when one of its cells has had more writes than it
 * survives. Rows are those of one block of columns; the next block begins with fresh ones.
 */
final class RetiredRows {
  private final RowEndurance endurance;
  private final int rows;
  private final int blocks;
  private final BitSet retired = new BitSet();
  private int block;

  /** Writes of single weights, by row and column, where a sparsifier writes such. */
  private int @Nullable [] ofWeights;

  /** Writes of whole rows, where single weights are written too. */
  private final long[] whole;

  /**
   * @param endurance of all rows, those of all blocks
   * @param rows of a block
   */
  RetiredRows(RowEndurance endurance, int rows) {
    this.endurance = endurance;
    this.rows = rows;
    this.blocks = endurance.rows() / rows;
    this.whole = new long[rows];
  }

  /** Rows that are not given up. */
  int working() {
    return rows - retired.cardinality();
  }

  boolean isRetired(int row) {
    return retired.get(row);
  }

  void retire(int row) {
    retired.set(row);
  }

  /** The block that the layer lies in. */
  int block() {
    return block;
  }

  boolean isLastBlock() {
    return block == blocks - 1;
  }

  /** The layer lies in the fresh rows of the next block. */
  void nextBlock() {
    block++;
    retired.clear();
    Arrays.fill(whole, 0);
    ofWeights = null;
  }

  /**
   * Books the write of a whole row.
   *
   * @param writes of the row, whole or of some of its weights, this one among them
   * @return whether it has failed
   */
  boolean failsAt(int row, long writes) {
    whole[row]++;
    int[] single = ofWeights;
    if (single == null) {
      return writes > endurance.survives(block * rows + row);
    }
    for (int column = 0; column < endurance.columns(); column++) {
      if (whole[row] + single[row * endurance.columns() + column] > ofWeight(row, column)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Books the write of some weights of a row.
   *
   * @param columns of the weights
   * @param from first of them
   * @param to behind the last
   * @return whether one of their cells has failed
   */
  boolean weightsFail(int row, int[] columns, int from, int to) {
    int[] single = ofWeights;
    if (single == null) {
      single = new int[rows * endurance.columns()];
      ofWeights = single;
    }
    boolean fails = false;
    for (int i = from; i < to; i++) {
      long writes = whole[row] + ++single[row * endurance.columns() + columns[i]];
      fails |= writes > ofWeight(row, columns[i]);
    }
    return fails;
  }

  private long ofWeight(int row, int column) {
    return endurance.ofWeight(block * rows + row, column);
  }

  void save(DataOutput out) throws IOException {
    out.writeInt(block);
    byte[] bits = retired.toByteArray();
    out.writeInt(bits.length);
    out.write(bits);
    int[] single = ofWeights;
    out.writeInt(single == null ? 0 : single.length);
    for (int i = 0; single != null && i < single.length; i++) {
      out.writeInt(single[i]);
    }
    for (long writes : whole) {
      out.writeLong(writes);
    }
  }

  void restore(DataInput in) throws IOException {
    block = in.readInt();
    byte[] bits = new byte[in.readInt()];
    in.readFully(bits);
    retired.clear();
    retired.or(BitSet.valueOf(bits));
    int weights = in.readInt();
    int[] single = weights == 0 ? null : new int[weights];
    for (int i = 0; single != null && i < weights; i++) {
      single[i] = in.readInt();
    }
    ofWeights = single;
    for (int row = 0; row < whole.length; row++) {
      whole[row] = in.readLong();
    }
  }
}
