package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * How many writes rows take before fewer of them work than a layer has rows, if failed ones are
 * given up.
 *
 * @param logicalRows rows of the layer, R, at most those that work
 * @param written that each row has taken
 * @param survived that each row takes in all; it fails at the next
 * @param failed which rows have
 */
record RowLives(int logicalRows, double[] written, double[] survived, boolean[] failed) {

  private double left(int row) {
    return Math.max(0, survived[row] - written[row]);
  }

  /**
   * Writes to come if the working rows use up their lives evenly from now on: each the share that
   * the row has left whose failure is one too many.
   */
  double byEndurance() {
    double[] shares =
        working().mapToDouble(row -> left(row) / Math.max(1, survived[row])).sorted().toArray();
    if (shares.length < logicalRows) {
      return 0;
    }
    double share = shares[shares.length - logicalRows];
    return working().mapToDouble(row -> Math.min(left(row), share * survived[row])).sum();
  }

  /**
   * Writes to come if all working rows come to a common level: a row takes no more than the row
   * whose failure is one too many.
   */
  double levelled() {
    double[] lives = new double[failed.length];
    int working = 0;
    for (int row = 0; row < failed.length; row++) {
      if (!failed[row]) {
        lives[working++] = survived[row];
      }
    }
    if (working < logicalRows) {
      return 0;
    }
    Arrays.sort(lives, 0, working);
    double level = lives[working - logicalRows];
    int at = 0;
    for (int row = 0; row < failed.length; row++) {
      if (!failed[row]) {
        lives[at++] = Math.max(0, Math.min(survived[row], level) - written[row]);
      }
    }
    return Arrays.stream(lives, 0, working).sum();
  }

  private IntStream working() {
    return IntStream.range(0, failed.length).filter(row -> !failed[row]);
  }

  private record Failure(double at, double rate) {}

  /**
   * Iterations to come if each content stays where it is until its row fails, and goes on in the
   * least worn free row, the lowest among equals.
   *
   * @param places row of each logical row
   * @param rates writes of each logical row per iteration
   * @return infinite if no row is written
   */
  double ifContentsStay(int[] places, double[] rates) {
    boolean[] taken = failed.clone();
    PriorityQueue<Failure> next = new PriorityQueue<>(Comparator.comparingDouble(Failure::at));
    for (int row = 0; row < logicalRows; row++) {
      taken[places[row]] = true;
      if (rates[row] > 0) {
        next.add(new Failure(left(places[row]) / rates[row], rates[row]));
      }
    }
    Iterator<Integer> free =
        IntStream.range(0, failed.length)
            .filter(row -> !taken[row])
            .boxed()
            .sorted(Comparator.comparingDouble(row -> written[row]))
            .iterator();
    while (!next.isEmpty()) {
      Failure first = next.poll();
      if (!free.hasNext()) {
        return first.at;
      }
      next.add(new Failure(first.at + left(free.next()) / first.rate, first.rate));
    }
    return Double.POSITIVE_INFINITY;
  }
}
