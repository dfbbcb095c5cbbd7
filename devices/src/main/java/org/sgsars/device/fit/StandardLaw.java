package org.sgsars.device.fit;

import org.hipparchus.special.Erf;

/**
 * What the natural logarithm of an endurance follows, once it is shifted and scaled. Both have a
 * log-concave density, so a likelihood of theirs has one maximum (Burridge, JRSS B 43 (1981),
 * 41-45), also of cells that were only seen to fail between two looks.
 */
enum StandardLaw {
  /** The standard normal law; the endurance is log-normal. */
  NORMAL {
    @Override
    double logDensity(double z) {
      return -0.5 * z * z - LOG_SQRT_2_PI;
    }

    @Override
    double slope(double z) {
      return -z;
    }

    @Override
    double logProbability(double low, double high) {
      if (low > 0) {
        // The upper tail holds the digits that 1 - tail loses.
        return logProbability(-high, -low);
      }
      double below = logBelow(high);
      return below + StrictMath.log(-StrictMath.expm1(logBelow(low) - below));
    }

    @Override
    double shareAtLow(double low, double high) {
      return share(low, low, high);
    }

    @Override
    double shareAtHigh(double low, double high) {
      return share(high, low, high);
    }

    private double share(double at, double low, double high) {
      return Double.isInfinite(at) ? 0 : StrictMath.exp(logDensity(at) - logProbability(low, high));
    }

    private static double logBelow(double z) {
      if (Double.isInfinite(z)) {
        return z > 0 ? 0 : Double.NEGATIVE_INFINITY;
      }
      if (z > 0) {
        return StrictMath.log1p(-0.5 * Erf.erfc(z / StrictMath.sqrt(2)));
      }
      if (z > LEAST_BY_ERFC) {
        return StrictMath.log(0.5 * Erf.erfc(-z / StrictMath.sqrt(2)));
      }
      // Abramowitz and Stegun 26.2.12: density / -z times 1 - 1/z^2 + 3/z^4, here to 1e-9.
      double square = z * z;
      return -0.5 * square
          - LOG_SQRT_2_PI
          - StrictMath.log(-z)
          + StrictMath.log1p(-1 / square + 3 / (square * square));
    }
  },

  /** The law of the smallest of many; the endurance is Weibull's. */
  SMALLEST_VALUE {
    @Override
    double logDensity(double z) {
      return z - StrictMath.exp(z);
    }

    @Override
    double slope(double z) {
      return 1 - StrictMath.exp(z);
    }

    @Override
    double logProbability(double low, double high) {
      double between = between(low, high);
      return between < LEAST_BY_EXPM1
          ? high + StrictMath.log(-StrictMath.expm1(low - high))
          : -StrictMath.exp(low) + StrictMath.log(-StrictMath.expm1(-between));
    }

    @Override
    double shareAtLow(double low, double high) {
      double between = between(low, high);
      return between < LEAST_BY_EXPM1
          ? 1 / StrictMath.expm1(high - low)
          : StrictMath.exp(low) / -StrictMath.expm1(-between);
    }

    @Override
    double shareAtHigh(double low, double high) {
      double between = between(low, high);
      return between < LEAST_BY_EXPM1
          ? -1 / StrictMath.expm1(low - high)
          : between > MOST_EXPONENT ? 0 : StrictMath.exp(high) / StrictMath.expm1(between);
    }

    /** exp(high) - exp(low), with all digits where they are close. */
    private static double between(double low, double high) {
      if (Double.isInfinite(high) || low > MOST_EXPONENT) {
        return Double.POSITIVE_INFINITY;
      }
      return high - low < 1
          ? StrictMath.exp(low) * StrictMath.expm1(high - low)
          : StrictMath.exp(high) - StrictMath.exp(low);
    }
  };

  private static final double LOG_SQRT_2_PI = 0.9189385332046728;

  /** Below it the complementary error function is too small for a double. */
  private static final double LEAST_BY_ERFC = -35;

  /** Below it 1 - exp(-x) is x, to all digits; there a difference of exponentials may be 0. */
  private static final double LEAST_BY_EXPM1 = 1e-17;

  /** Beyond it exp is infinite. */
  private static final double MOST_EXPONENT = 700;

  /** Natural logarithm of the density. */
  abstract double logDensity(double z);

  /** Derivative of {@link #logDensity}. */
  abstract double slope(double z);

  /**
   * Natural logarithm of the probability between two values.
   *
   * @param low may be infinite, if it is negative
   * @param high above it; may be infinite
   */
  abstract double logProbability(double low, double high);

  /** Density at the lower value over the probability between both. */
  abstract double shareAtLow(double low, double high);

  /** Density at the upper value over the probability between both. */
  abstract double shareAtHigh(double low, double high);
}
