package org.sgsars.analyzer.core;

import java.util.Arrays;
import org.sgsars.model.ArrayShape;

/**
 * The rows of a layer that gives up failed ones, at one time. The blocks of columns of a wordline
 * are one row here: a content that its row does not take goes to the next block, and to another
 * wordline only when all have failed.
 *
 * @param iterations done
 * @param written writes that each wordline has taken, those that its cells failed at left out
 * @param places wordline of each logical row
 * @param failed which wordlines are given up
 */
record RetiringRows(long iterations, double[] written, int[] places, boolean[] failed) {
  /**
   * @param writes of each physical row
   * @param logicalToPhysical where each logical row lies
   * @param failures worn-out cells of each physical row
   */
  static RetiringRows of(
      ArrayShape array, long iterations, long[] writes, int[] logicalToPhysical, int[] failures) {
    int rows = array.rowsOfBlock();
    double[] written = new double[rows];
    boolean[] failed = new boolean[rows];
    Arrays.fill(failed, true);
    for (int row = 0; row < writes.length; row++) {
      boolean isFailed = failures[row] > 0;
      written[row % rows] += writes[row] - (isFailed ? 1 : 0);
      failed[row % rows] &= isFailed;
    }
    int[] places = new int[array.layer().rows()];
    Arrays.setAll(places, row -> logicalToPhysical[row] % rows);
    return new RetiringRows(iterations, written, places, failed);
  }
}
