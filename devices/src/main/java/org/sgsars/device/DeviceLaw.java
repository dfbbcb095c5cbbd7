package org.sgsars.device;

import java.util.OptionalDouble;

/** A device's endurance as a law: how many cells have failed after how many writes of a weight. */
public final class DeviceLaw {
  /** Shares of a normal distribution that are below one standard deviation under and over it. */
  private static final double DEVIATION_BELOW = 0.15865525393145707;

  private static final double DEVIATION_ABOVE = 0.8413447460685429;

  /** What is not seen to fail endures this, in writes; no run gets as far. */
  private static final double NEVER = 1e18;

  private final Device device;

  public DeviceLaw(Device device) {
    this.device = device;
  }

  /**
   * When the first of some cells fails, over all arrays of so many.
   *
   * @param low writes by which it has failed in 5 % of the arrays
   * @param median the same in half of them
   * @param high the same in 95 %
   */
  public record FirstFailure(double low, double median, double high) {}

  /**
   * Writes by which a share of the cells has failed.
   *
   * @param share above 0 and below 1
   * @return at least 0; 1e18 for cells that do not fail
   */
  public double writes(double share) {
    return Math.min(NEVER, device.quantile(share));
  }

  /** Share of the cells that do not survive so many writes. */
  public double shareFailed(long writes) {
    return (double) device.firstSurviving(writes) / Device.DRAWS;
  }

  /**
   * Standard deviation of the decimal logarithm of a log-normal law; of another half the decades
   * from where it is exceeded below to where it is above, 15.9 and 84.1 % of the cells.
   *
   * @return empty if so many cells do not fail, or some at once
   */
  public OptionalDouble spreadDecades() {
    double low = writes(DEVIATION_BELOW);
    double high = writes(DEVIATION_ABOVE);
    return low > 0 && high < NEVER
        ? OptionalDouble.of(StrictMath.log10(high / low) / 2)
        : OptionalDouble.empty();
  }

  /**
   * The first failure among cells: the least of so many independent draws. Of n the share p have
   * failed where 1 - (1 - share)^n is p.
   *
   * @param cells at least 1
   */
  public FirstFailure firstFailure(long cells) {
    return new FirstFailure(
        firstFailure(0.05, cells), firstFailure(0.5, cells), firstFailure(0.95, cells));
  }

  /**
   * Writes by which the first of some cells has failed in a share of all arrays of so many.
   *
   * @param chance the share, above 0 and below 1
   * @param cells at least 1
   */
  double firstFailure(double chance, long cells) {
    return writes(-StrictMath.expm1(StrictMath.log1p(-chance) / cells));
  }
}
