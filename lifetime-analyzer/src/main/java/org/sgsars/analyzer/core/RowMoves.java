package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where the rows of a layer went, and where its first weights were lost, as far as reports of wear
 * show: what a row did between two of them, and undid again, is not seen.
 */
final class RowMoves {
  private final int[] moves;
  private int[] before;
  private int[] firstLost = new int[0];
  private boolean isLost;

  /**
   * @param logicalRows of the layer
   * @param logicalToPhysical where they lie before the first iteration, rows without weights too
   */
  RowMoves(int logicalRows, int[] logicalToPhysical) {
    this.moves = new int[logicalRows];
    this.before = logicalToPhysical;
  }

  /**
   * Takes note of a report.
   *
   * @param logicalToPhysical where rows lie; kept, so never changed
   * @param failures worn-out cells per physical row
   * @param lostWeights at the time of the report
   */
  void add(int[] logicalToPhysical, int[] failures, long lostWeights) {
    for (int row = 0; row < moves.length; row++) {
      if (logicalToPhysical[row] != before[row]) {
        moves[row]++;
      }
    }
    before = logicalToPhysical;
    if (lostWeights > 0 && !isLost) {
      isLost = true;
      firstLost =
          IntStream.range(0, moves.length)
              .map(row -> logicalToPhysical[row])
              .filter(physical -> failures[physical] > 0)
              .sorted()
              .toArray();
    }
  }

  /** In how many reports each logical row lay elsewhere than in the one before. */
  int[] moves() {
    return Arrays.copyOf(moves, moves.length);
  }

  /**
   * Physical rows with worn-out cells and weights in the first report of lost weights, ascending;
   * empty if there is none, or the weights had left them by then.
   */
  int[] firstLost() {
    return firstLost;
  }
}
