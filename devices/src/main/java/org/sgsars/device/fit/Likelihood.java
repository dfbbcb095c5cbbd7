package org.sgsars.device.fit;

import org.sgsars.device.fit.Measurement.Cells;

/**
 * The likelihood of a measurement under a law whose natural logarithm is shifted and scaled. With
 * rate = 1 / width and offset = location / width it is concave in both, so where its derivative
 * changes sign there is its one maximum.
 */
final class Likelihood {
  private final StandardLaw law;
  private final double[] survived;
  private final double[] failedBy;
  private final double[] count;
  private final double centre;

  private Likelihood(
      StandardLaw law, double[] survived, double[] failedBy, double[] count, double centre) {
    this.law = law;
    this.survived = survived;
    this.failedBy = failedBy;
    this.count = count;
    this.centre = centre;
  }

  static Likelihood of(StandardLaw law, Measurement measurement) {
    int size = measurement.cells().size();
    double[] survived = new double[size];
    double[] failedBy = new double[size];
    double[] count = new double[size];
    for (int i = 0; i < size; i++) {
      Cells cells = measurement.cells().get(i);
      survived[i] = StrictMath.log(cells.survived());
      failedBy[i] = StrictMath.log(cells.failedBy());
      count[i] = cells.count();
    }
    return new Likelihood(law, survived, failedBy, count, 0);
  }

  /** The same, in which a location counts from somewhere else. */
  Likelihood from(double otherCentre) {
    return new Likelihood(law, survived, failedBy, count, otherCentre);
  }

  /**
   * Natural logarithm of the likelihood; of cells whose failure is known exactly the density in
   * writes counts, so that laws compare.
   */
  double log(double rate, double offset) {
    double sum = 0;
    for (int i = 0; i < count.length; i++) {
      double low = z(survived[i], rate, offset);
      sum +=
          count[i]
              * (isExact(i)
                  ? law.logDensity(low) + StrictMath.log(rate) - survived[i]
                  : law.logProbability(low, z(failedBy[i], rate, offset)));
    }
    return sum;
  }

  /** Derivative of {@link #log} by the offset: falls as the offset grows. */
  double byOffset(double rate, double offset) {
    double sum = 0;
    for (int i = 0; i < count.length; i++) {
      double low = z(survived[i], rate, offset);
      if (isExact(i)) {
        sum -= count[i] * law.slope(low);
      } else {
        double high = z(failedBy[i], rate, offset);
        sum += count[i] * (law.shareAtLow(low, high) - law.shareAtHigh(low, high));
      }
    }
    return sum;
  }

  /** Derivative of {@link #log} by the rate: falls as the rate grows. */
  double byRate(double rate, double offset) {
    double sum = 0;
    for (int i = 0; i < count.length; i++) {
      double low = z(survived[i], rate, offset);
      if (isExact(i)) {
        sum += count[i] * (law.slope(low) * (survived[i] - centre) + 1 / rate);
      } else {
        double high = z(failedBy[i], rate, offset);
        double atHigh =
            Double.isInfinite(high) ? 0 : law.shareAtHigh(low, high) * (failedBy[i] - centre);
        double atLow =
            Double.isInfinite(low) ? 0 : law.shareAtLow(low, high) * (survived[i] - centre);
        sum += count[i] * (atHigh - atLow);
      }
    }
    return sum;
  }

  private boolean isExact(int i) {
    return survived[i] == failedBy[i];
  }

  private double z(double logWrites, double rate, double offset) {
    return rate * (logWrites - centre) - offset;
  }
}
