package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.sgsars.model.ArrayShape;

/**
 * How often a layer that gives up failed rows has to be read, as far as its wear was reported: a
 * pass for each block of columns that holds some of its rows.
 */
final class ReadPasses {
  private final ArrayShape array;
  private long iterations;
  private long passTimes;
  private int last = 1;
  private int most = 1;

  ReadPasses(ArrayShape array) {
    this.array = array;
  }

  /**
   * Takes note of a report. What it finds counts for the iterations since the one before.
   *
   * @param at iterations done, more than at the report before
   * @param logicalToPhysical where each logical row lies, among the rows of all blocks
   */
  void add(long at, int[] logicalToPhysical) {
    last =
        (int)
            Arrays.stream(logicalToPhysical)
                .limit(array.layer().rows())
                .map(row -> row / array.rowsOfBlock())
                .distinct()
                .count();
    most = Math.max(most, last);
    passTimes += (at - iterations) * last;
    iterations = at;
  }

  /**
   * What giving up rows has cost up to the last report.
   *
   * @param rowWrites write operations of each physical row
   * @param logicalToPhysical where each logical row lies
   * @param failures worn-out cells of each physical row
   */
  Retirement costs(long[] rowWrites, int[] logicalToPhysical, int[] failures) {
    RetiringRows rows = RetiringRows.of(array, iterations, rowWrites, logicalToPhysical, failures);
    boolean[] holdsWeights = new boolean[rows.failed().length];
    for (int place : rows.places()) {
      holdsWeights[place] = true;
    }
    int logicalRows = array.layer().rows();
    return new Retirement(
        new Retirement.Reads(
            Arrays.stream(rowWrites).sum(),
            last,
            iterations > 0 ? (double) passTimes / iterations : 1,
            most),
        new Retirement.Rows(
            IntStream.range(0, holdsWeights.length)
                .filter(row -> rows.failed()[row] && !holdsWeights[row])
                .count(),
            holdsWeights.length - logicalRows,
            IntStream.range(logicalRows, holdsWeights.length)
                .filter(row -> isWritten(row, rowWrites))
                .count()));
  }

  private boolean isWritten(int wordline, long[] rowWrites) {
    for (int row = wordline; row < rowWrites.length; row += array.rowsOfBlock()) {
      if (rowWrites[row] > 0) {
        return true;
      }
    }
    return false;
  }
}
