package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.sgsars.model.ArrayShape;

/**
 * How fast the single cells of contents are written that stay where they lie, where failed rows are
 * given up, from two looks at them.
 *
 * <p>A row's rate is well known, and that of a cell is not: a cell of few writes may have had them
 * by chance. How much of a cell's excess over the mean of its row lasts is read off the run as in
 * {@link Growth}.
 */
final class CellRates {
  private final ArrayShape array;
  private final CellLossProjection.Sample half;
  private final CellLossProjection.Sample last;
  private final RetiringRows before;
  private final RetiringRows now;
  private final double iterations;

  CellRates(ArrayShape array, CellLossProjection.Sample half, CellLossProjection.Sample last) {
    this.array = array;
    this.half = half;
    this.last = last;
    this.before = half.rows().rows(array);
    this.now = last.rows().rows(array);
    this.iterations = Math.max(1, now.iterations() - before.iterations());
  }

  /** By logical row and column, in writes per iteration. */
  double[][] ofContents() {
    double[][] own = new double[now.places().length][];
    double[] unknown = later(IntStream.range(0, now.failed().length).toArray());
    double[] ofRescued = new double[unknown.length];
    for (int content = 0; content < own.length; content++) {
      own[content] = later(placesOf(content));
      add(unknown, own[content], -1);
      if (isRescued(content)) {
        add(ofRescued, own[content], 1);
      }
    }
    // Contents that fled more than once have been elsewhere in between.
    for (int content = 0; content < own.length; content++) {
      for (int column = 0; column < unknown.length && isRescued(content); column++) {
        own[content][column] *=
            1 + Math.max(0, unknown[column]) / Math.max(ofRescued[column], Double.MIN_NORMAL);
      }
    }
    double lasts = lasting();
    for (double[] cells : own) {
      double mean = mean(cells);
      Arrays.setAll(
          cells, column -> Math.max(0, mean + lasts * (cells[column] - mean)) / iterations);
    }
    return own;
  }

  private static void add(double[] to, double[] values, double factor) {
    Arrays.setAll(to, i -> to[i] + factor * values[i]);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  /** Whether its row has failed between the looks. */
  private boolean isRescued(int content) {
    return now.failed()[before.places()[content]];
  }

  /** Wordlines where it is known to have lain since the first look. */
  private int[] placesOf(int content) {
    int at = now.places()[content];
    int from = before.places()[content];
    return from != at && isRescued(content) ? new int[] {from, at} : new int[] {at};
  }

  /** Writes of a cell by physical row and column. */
  private interface Writes {
    double of(int row, int column);
  }

  /** Writes between the looks of each column, on some wordlines. */
  private double[] later(int... wordlines) {
    return sum((row, column) -> last.writes(row, column) - half.writes(row, column), wordlines);
  }

  /** The same up to the first look. */
  private double[] earlier(int wordline) {
    return sum(half::writes, wordline);
  }

  private double[] sum(Writes writes, int... wordlines) {
    double[] found = new double[array.layer().columns()];
    for (int wordline : wordlines) {
      for (int row = wordline; row < array.physicalRows(); row += array.rowsOfBlock()) {
        for (int column = 0; column < found.length; column++) {
          found[column] += writes.of(row, column);
        }
      }
    }
    return found;
  }

  /** Of the excess of cells over their rows' means, of contents that lie where they lay. */
  private double lasting() {
    double variance = 0;
    double covariance = 0;
    for (int content = 0; content < now.places().length; content++) {
      int wordline = now.places()[content];
      if (before.places()[content] != wordline) {
        continue;
      }
      double[] first = earlier(wordline);
      double[] second = later(wordline);
      double meanFirst = mean(first);
      double meanSecond = mean(second);
      for (int column = 0; column < first.length; column++) {
        double excess = first[column] - meanFirst;
        variance += excess * excess;
        covariance += excess * (second[column] - meanSecond);
      }
    }
    return before.iterations() > 0 && variance > 0
        ? Growth.slope(covariance * before.iterations() / iterations, variance)
        : 1;
  }
}
