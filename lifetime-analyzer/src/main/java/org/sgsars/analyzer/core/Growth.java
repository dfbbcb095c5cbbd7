package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How fast the cells of an array wear, from two looks at them.
 *
 * <p>Past the trace wear grows at the rate of its later part. Without levelling a hot row stays
 * hot; under a leveller a row that got more than its share yesterday does not get more tomorrow.
 * How much of a row's excess lasts is read off the trace: the slope of the later part's rates over
 * the earlier part's, kept within 0 and 1. With slope 1 every cell goes on at its own rate, with 0
 * all at their mean.
 */
final class Growth {
  /**
   * Cells that wear alike.
   *
   * @param writes that they have
   * @param rate writes per iteration from now on
   * @param cells how many
   */
  record Unit(long writes, double rate, double cells) {}

  /** Writes at both looks. */
  private record Pair(long before, long now) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
      return now != other.now ? Long.compare(now, other.now) : Long.compare(before, other.before);
    }
  }

  private final Map<Pair, Double> cells = new TreeMap<>();

  /**
   * @param before writes at the earlier look
   * @param now writes at the later one
   */
  void add(long before, long now, double count) {
    cells.merge(new Pair(before, now), count, Double::sum);
  }

  /**
   * @param iterationsBefore iterations at the earlier look; 0 if there was none
   * @param iterations at the later one
   */
  List<Unit> units(long iterationsBefore, long iterations) {
    double later = Math.max(1, iterations - iterationsBefore);
    double mean = mean(pair -> (pair.now - pair.before) / later);
    double lasting = iterationsBefore > 0 ? lasting(iterationsBefore, later, mean) : 1;
    List<Unit> units = new ArrayList<>();
    cells.forEach(
        (pair, count) -> {
          double own = (pair.now - pair.before) / later;
          units.add(new Unit(pair.now, Math.max(0, mean + lasting * (own - mean)), count));
        });
    return units;
  }

  private double lasting(double earlier, double later, double mean) {
    double meanEarlier = mean(pair -> pair.before / earlier);
    double variance = mean(pair -> square(pair.before / earlier - meanEarlier));
    double covariance =
        mean(
            pair ->
                (pair.before / earlier - meanEarlier) * ((pair.now - pair.before) / later - mean));
    return slope(covariance, variance);
  }

  /** How much of an excess lasts: the regression's slope, kept within 0 and 1. */
  static double slope(double covariance, double variance) {
    return variance > 0 ? Math.min(1, Math.max(0, covariance / variance)) : 0;
  }

  private static double square(double value) {
    return value * value;
  }

  private double mean(java.util.function.ToDoubleFunction<Pair> value) {
    double sum = 0;
    double count = 0;
    for (Map.Entry<Pair, Double> entry : cells.entrySet()) {
      sum += entry.getValue() * value.applyAsDouble(entry.getKey());
      count += entry.getValue();
    }
    return count > 0 ? sum / count : 0;
  }
}
