package org.sgsars.analyzer.core;

import java.util.List;
import java.util.Optional;

/**
 * What it costs to give up rows that have failed, beside extra writes and state: of one layer, or
 * of all layers of a scenario that do.
 *
 * @param reads of the crossbars
 * @param rows of the arrays
 */
public record Retirement(Reads reads, Rows rows) {
  /**
   * @param verify row reads after writes, one for each write operation of a row
   * @param passesAtEnd blocks of columns that hold weights at the end of the run: reading a layer
   *     takes a pass for each; of several layers the largest
   * @param meanPasses the same over the run, at least 1; of several layers their mean
   * @param mostPasses the most at any wear report
   */
  public record Reads(long verify, int passesAtEnd, double meanPasses, int mostPasses) {}

  /**
   * Rows are wordlines here, with all their blocks of columns.
   *
   * @param retired those that have failed in all blocks and hold no weights
   * @param spare those that an array has beyond its layer's rows
   * @param spareUsed of the spare rows those that were written
   */
  public record Rows(long retired, long spare, long spareUsed) {}

  /** Of several layers; empty if there are none. */
  static Optional<Retirement> ofAll(List<Retirement> layers) {
    if (layers.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Retirement(
            new Reads(
                layers.stream().mapToLong(layer -> layer.reads.verify).sum(),
                layers.stream().mapToInt(layer -> layer.reads.passesAtEnd).max().orElseThrow(),
                layers.stream()
                    .mapToDouble(layer -> layer.reads.meanPasses)
                    .sorted()
                    .average()
                    .orElseThrow(),
                layers.stream().mapToInt(layer -> layer.reads.mostPasses).max().orElseThrow()),
            new Rows(
                layers.stream().mapToLong(layer -> layer.rows.retired).sum(),
                layers.stream().mapToLong(layer -> layer.rows.spare).sum(),
                layers.stream().mapToLong(layer -> layer.rows.spareUsed).sum())));
  }
}
