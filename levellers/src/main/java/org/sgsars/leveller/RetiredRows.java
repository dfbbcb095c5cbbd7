package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a layer's array have failed, and how a write shows that: every write is verified,
 * and a row has failed when one of its cells has had more writes than it survives. Each row has as
 * many blocks of columns as the array has, of which one is in use; a row that has failed in all of
 * them is retired.
 */
final class RetiredRows {
  private final RowEndurance endurance;
  private final IntToLongFunction survived;
  private final int rows;
  private final int blocks;
  private final BitSet retired = new BitSet();

  /** Of each row the block in use. */
  private final int[] block;

  /** Of each row, see {@link RowArray#wear}. */
  private final long[] wear;

  /** The same when the block in use was fresh. */
  private final long[] wearBefore;

  /** Writes of each row in the block in use, whole or of some of its weights. */
  private final long[] inBlock;

  private long failedBlocks;
  private long writesOfFailed;

  /** Writes of whole rows, in the block in use. */
  private final long[] whole;

  /** Writes of single weights there, by row and column, where a sparsifier writes such. */
  private int @Nullable [] ofWeights;

  /**
   * @param endurance of the rows of all blocks
   * @param survived writes, as they are counted here, that a whole row of all blocks survives
   * @param rows of a block
   */
  RetiredRows(RowEndurance endurance, IntToLongFunction survived, int rows) {
    this.endurance = endurance;
    this.survived = survived;
    this.rows = rows;
    this.blocks = endurance.rows() / rows;
    this.block = new int[rows];
    this.whole = new long[rows];
    this.wear = new long[rows];
    this.wearBefore = new long[rows];
    this.inBlock = new long[rows];
  }

  /** Rows that are not retired. */
  int working() {
    return rows - retired.cardinality();
  }

  boolean isRetired(int row) {
    return retired.get(row);
  }

  void retire(int row) {
    retired.set(row);
  }

  /**
   * The rows are others now, of one block, with writes and failures of their own.
   *
   * @param writes of each row
   * @param failed rows of which a cell has failed
   */
  void resetWear(long[] writes, BitSet failed) {
    retired.clear();
    retired.or(failed);
    System.arraycopy(writes, 0, wear, 0, rows);
    System.arraycopy(writes, 0, inBlock, 0, rows);
    System.arraycopy(writes, 0, whole, 0, rows);
  }

  /** A row's number among those of all blocks, in the block in use. */
  int numbered(int row) {
    return block[row] * rows + row;
  }

  /** Of a row that is not retired, or was when it was. */
  long wear(int row) {
    return wear[row];
  }

  /** Books a write; by how much the row's wear grows. Retired rows have none. */
  int wearOff(int row) {
    inBlock[row]++;
    boolean grows =
        !retired.get(row) && (blocks == 1 || wear[row] - wearBefore[row] < wearOfBlock());
    wear[row] += grows ? 1 : 0;
    return grows ? 1 : 0;
  }

  /** What a block takes on average, as far as blocks have failed. */
  private long wearOfBlock() {
    return failedBlocks == 0 ? Long.MAX_VALUE : Math.max(1, writesOfFailed / failedBlocks);
  }

  /** Uses the next block of a row's columns from now on; false if there is none. */
  boolean useNextBlock(int row) {
    if (block[row] == blocks - 1) {
      return false;
    }
    failedBlocks++;
    writesOfFailed += inBlock[row];
    wear[row] = wearBefore[row] + wearOfBlock();
    wearBefore[row] = wear[row];
    block[row]++;
    inBlock[row] = 0;
    whole[row] = 0;
    int[] single = ofWeights;
    if (single != null) {
      Arrays.fill(single, row * endurance.columns(), (row + 1) * endurance.columns(), 0);
    }
    return true;
  }

  /** Books the write of a whole row; whether it has failed. */
  boolean failsWhole(int row) {
    whole[row]++;
    int[] single = ofWeights;
    if (single == null) {
      return whole[row] > survived.applyAsLong(numbered(row));
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
      single = new int[Math.multiplyExact(rows, endurance.columns())];
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
    return endurance.ofWeight(numbered(row), column);
  }

  void save(DataOutput out) throws IOException {
    int[] single = ofWeights;
    out.writeLong(failedBlocks);
    out.writeLong(writesOfFailed);
    out.writeBoolean(single != null);
    for (int row = 0; row < rows; row++) {
      out.writeBoolean(retired.get(row));
      out.writeInt(block[row]);
      out.writeLong(wear[row]);
      out.writeLong(wearBefore[row]);
      out.writeLong(inBlock[row]);
      out.writeLong(whole[row]);
    }
    for (int i = 0; single != null && i < single.length; i++) {
      out.writeInt(single[i]);
    }
  }

  void restore(DataInput in) throws IOException {
    failedBlocks = in.readLong();
    writesOfFailed = in.readLong();
    int[] single = in.readBoolean() ? new int[rows * endurance.columns()] : null;
    for (int row = 0; row < rows; row++) {
      retired.set(row, in.readBoolean());
      block[row] = in.readInt();
      wear[row] = in.readLong();
      wearBefore[row] = in.readLong();
      inBlock[row] = in.readLong();
      whole[row] = in.readLong();
    }
    for (int i = 0; single != null && i < single.length; i++) {
      single[i] = in.readInt();
    }
    ofWeights = single;
  }
}
