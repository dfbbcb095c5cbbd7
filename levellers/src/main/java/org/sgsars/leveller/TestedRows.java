package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.BitSet;

/**
 * What a test of an array's rows would find: the rows of which some cell no longer takes its value,
 * whether anybody has noticed or not. That are those with a cell that is stuck when fresh, and
 * those with a cell that had more writes than it survives. Nothing of it is known to levelling
 * until it tests.
 */
final class TestedRows {
  private final RetiredRows writes;
  private final BitSet failed;

  /**
   * @param endurance of the rows of one block of columns
   * @param rows of the array, P
   */
  TestedRows(RowEndurance endurance, int rows) {
    this.writes = new RetiredRows(endurance, endurance::survives, rows);
    this.failed = endurance.stuckWhenFresh();
  }

  /** Books the write of a whole row. */
  void wroteRow(int physicalRow) {
    if (writes.failsWhole(physicalRow)) {
      failed.set(physicalRow);
    }
  }

  /**
   * Books the write of some weights of a row.
   *
   * @param columns of the weights
   * @param from first of them
   * @param to behind the last
   */
  void wroteWeights(int physicalRow, int[] columns, int from, int to) {
    if (writes.weightsFail(physicalRow, columns, from, to)) {
      failed.set(physicalRow);
    }
  }

  /** What a test of a row finds. */
  boolean hasFailed(int physicalRow) {
    return failed.get(physicalRow);
  }

  void save(DataOutput out) throws IOException {
    writes.save(out);
    RowBits.save(failed, out);
  }

  void restore(DataInput in) throws IOException {
    writes.restore(in);
    RowBits.restore(failed, in);
  }
}
