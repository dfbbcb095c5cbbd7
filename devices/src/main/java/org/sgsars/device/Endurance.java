package org.sgsars.device;

/** How many writes the cells of one kind of device survive. */
@FunctionalInterface
public interface Endurance {
  /**
   * Writes that a share of all cells does not survive: the distribution's quantile.
   *
   * @param share above 0 and below 1
   * @return writes, at least 0; never less for a larger share
   */
  double quantile(double share);

  /** Every cell survives the same number of writes. */
  static Endurance constant(double writes) {
    return share -> writes;
  }

  /**
   * The logarithm is normally distributed.
   *
   * @param median writes that half of the cells survive
   * @param decades standard deviation of the decimal logarithm
   */
  static Endurance lognormal(double median, double decades) {
    return share -> median * StrictMath.pow(10, decades * StandardNormal.quantile(share));
  }

  /**
   * Weibull's law: a share 1 - exp(-(writes / scale)^shape) does not survive so many writes.
   *
   * @param scale writes that a share 1/e of the cells survives
   * @param shape above 0
   */
  static Endurance weibull(double scale, double shape) {
    return share -> scale * StrictMath.pow(-StrictMath.log1p(-share), 1 / shape);
  }

  /**
   * Normally distributed, cut at 0: cells below it fail at their first write.
   *
   * @param mean in writes
   * @param deviation standard deviation, in writes
   */
  static Endurance normal(double mean, double deviation) {
    return share -> Math.max(0, mean + deviation * StandardNormal.quantile(share));
  }
}
