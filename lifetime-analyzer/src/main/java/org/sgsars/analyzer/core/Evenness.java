package org.sgsars.analyzer.core;

import java.util.Arrays;

/** How evenly wear is spread. */
final class Evenness {
  private Evenness() {}

  /**
   * The Gini coefficient: 0 if all are alike, towards 1 if one has everything.
   *
   * @param values at least 0; not changed
   * @return 0 if there is nothing to spread
   */
  static double gini(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    double sum = 0;
    double weighted = 0;
    for (int i = 0; i < sorted.length; i++) {
      sum += sorted[i];
      weighted += (2.0 * (i + 1) - sorted.length - 1) * sorted[i];
    }
    return sum == 0 ? 0 : weighted / (sorted.length * sum);
  }
}
