package org.sgsars.analyzer.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Where values lie on an axis. Equal steps are equal factors where all values are positive and span
 * a decade, and equal differences otherwise.
 *
 * @param least value at the axis's beginning
 * @param most value at its end, above the least
 * @param isLog whether equal steps are equal factors
 */
record AxisScale(double least, double most, boolean isLog) {
  private static final double DECADE = 10;
  private static final double[] STEPS = {1, 2, 5};
  private static final int MOST_TICKS = 6;

  /**
   * @param values at least one, finite
   * @param fromZero whether an axis of equal differences begins at 0, if no value is below
   */
  static AxisScale of(Collection<Double> values, boolean fromZero) {
    double least = values.stream().mapToDouble(value -> value).min().orElse(0);
    double most = values.stream().mapToDouble(value -> value).max().orElse(1);
    if (least > 0 && most / least >= DECADE) {
      return new AxisScale(least, most, true);
    }
    double from = fromZero ? Math.min(0, least) : least;
    return most > from
        ? new AxisScale(from, most, false)
        : new AxisScale(from - 0.5, from + 0.5, false);
  }

  /** The place of a value as a share of the axis, 0 to 1. */
  double share(double value) {
    return isLog
        ? Math.log(value / least) / Math.log(most / least)
        : (value - least) / (most - least);
  }

  /** Round values on the axis, ascending: 1, 2 and 5 times powers of ten, or even steps. */
  List<Double> ticks() {
    return isLog ? logTicks() : evenTicks();
  }

  private List<Double> logTicks() {
    List<Double> ticks = new ArrayList<>();
    int from = (int) Math.floor(Math.log10(least));
    int to = (int) Math.ceil(Math.log10(most));
    boolean hasFew = to - from <= 3;
    for (int power = from; power <= to; power++) {
      for (double step : hasFew ? STEPS : new double[] {1}) {
        double tick = step * Math.pow(DECADE, power);
        if (tick >= least && tick <= most) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  private List<Double> evenTicks() {
    double step = Math.pow(DECADE, Math.floor(Math.log10((most - least) / MOST_TICKS)));
    double factor = 1;
    for (double next : new double[] {2, 5, DECADE}) {
      if ((most - least) / (factor * step) > MOST_TICKS) {
        factor = next;
      }
    }
    step *= factor;
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(least / step); i * step <= most; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }
}
