package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How fast the contents of rows are written where failed rows are given up, from two looks at them:
 * what each content is written, and how much of a row's rate is its content's and lasts.
 */
final class ContentRates {
  private final RetiringRows before;
  private final RetiringRows now;
  private final double iterations;

  /** Rows where a content lies now whose row has failed between the looks. */
  private final boolean[] rescued;

  private final double all;
  private final double[] ofContents;
  private final double lasting;

  ContentRates(RetiringRows before, RetiringRows now) {
    this.before = before;
    this.now = now;
    this.iterations = Math.max(1, now.iterations() - before.iterations());
    this.rescued = new boolean[now.failed().length];
    for (int row = 0; row < now.places().length; row++) {
      rescued[now.places()[row]] = now.failed()[before.places()[row]];
    }
    this.all = IntStream.range(0, rescued.length).mapToDouble(this::later).sum() / iterations;
    this.ofContents = contents();
    this.lasting = Math.max(staying(), slope());
  }

  /** Row writes per iteration. */
  double all() {
    return all;
  }

  /** The same of each logical row, if it stays where it lies. */
  double[] ofContents() {
    return ofContents;
  }

  /** How much of a row's own rate lasts: 1 if contents stay, 0 if all rows are levelled. */
  double lasting() {
    return lasting;
  }

  private double later(int row) {
    return now.written()[row] - before.written()[row];
  }

  private boolean isRescued(int logicalRow) {
    return rescued[now.places()[logicalRow]];
  }

  private boolean stays(int logicalRow) {
    return !isRescued(logicalRow) && now.places()[logicalRow] == before.places()[logicalRow];
  }

  /** Contents whose row has failed share evenly what the rows of the others do not account for. */
  private double[] contents() {
    double[] own = new double[now.places().length];
    Arrays.setAll(own, row -> isRescued(row) ? 0 : later(now.places()[row]) / iterations);
    double sum = Arrays.stream(own).sum();
    long moved = logicalRows().filter(this::isRescued).count();
    if (moved > 0) {
      double each = Math.max(0, all - sum) / moved;
      Arrays.setAll(own, row -> isRescued(row) ? each : own[row]);
    } else if (sum > 0) {
      Arrays.setAll(own, row -> own[row] * all / sum);
    }
    return own;
  }

  private IntStream logicalRows() {
    return IntStream.range(0, now.places().length);
  }

  /** Share of the later writes that went to contents that no leveller has moved, about. */
  private double staying() {
    double known =
        logicalRows().filter(this::stays).mapToDouble(row -> later(now.places()[row])).sum();
    long unknown = logicalRows().filter(row -> !stays(row)).count();
    long ofRescued = logicalRows().filter(this::isRescued).count();
    double others = all * iterations - known;
    double share = unknown > 0 ? (double) ofRescued / unknown : 1;
    return all > 0 ? (known + share * others) / (all * iterations) : 1;
  }

  /**
   * Of later over earlier rates, of the rows that work but for those that a content fled to. The
   * earlier ones differ at least as much as if contents had stayed and were all written alike: what
   * is left of that where rows are level says nothing.
   */
  private double slope() {
    int[] rows =
        IntStream.range(0, rescued.length)
            .filter(row -> !now.failed()[row] && !rescued[row])
            .toArray();
    double meanBefore =
        Arrays.stream(rows).mapToDouble(row -> before.written()[row]).average().orElse(0);
    double meanLater = Arrays.stream(rows).mapToDouble(this::later).average().orElse(0);
    double variance = 0;
    double covariance = 0;
    for (int row : rows) {
      double excess = before.written()[row] - meanBefore;
      variance += excess * excess;
      covariance += excess * (later(row) - meanLater);
    }
    double occupied = logicalRows().filter(row -> !isRescued(row)).count();
    double ifAlike =
        occupied > 0 ? rows.length * meanBefore * meanBefore * (rows.length / occupied - 1) : 0;
    return Growth.slope(covariance * before.iterations() / iterations, Math.max(variance, ifAlike));
  }
}
