package org.sgsars.device.fit;

import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import org.hipparchus.analysis.solvers.BracketingNthOrderBrentSolver;

/**
 * A law fitted to a measurement by maximum likelihood. Cells that were not seen to fail, or only
 * between two looks, count by the probability of just that; nothing is put in the middle. Bands are
 * those of the profile likelihood: the values that a likelihood-ratio test at 5 % does not refuse,
 * the other number being as likely as it can be beside them.
 *
 * @param centre median of the log-normal law, scale of Weibull's, in writes
 * @param width spread of the log-normal law, in decades; shape of Weibull's
 * @param logLikelihood natural logarithm of the likelihood; larger is better, of the same data
 */
public record LawFit(Estimate centre, Estimate width, double logLikelihood) {
  /** Widths that are looked at, in units of a natural logarithm: a thousandth of a decade to 10. */
  private static final double LEAST_WIDTH = StrictMath.log(10) / 1000;

  private static final double MOST_WIDTH = StrictMath.log(10) * 10;

  /** How far from the data a location is looked for: 30 decades. */
  private static final double FARTHEST = StrictMath.log(10) * 30;

  /** The same in widths: a share of 1e-20 of Weibull's law lies so far below its scale. */
  private static final double FARTHEST_WIDTHS = 50;

  /** Half of the 95 % point of the chi-squared distribution with one degree of freedom. */
  private static final double BAND = 3.841458820694124 / 2;

  private static final String NO_WIDTH =
      "the spread of the cells cannot be fitted; give failures at two or more counts of writes";

  private static final double ACCURACY = 1e-12;
  private static final int MOST_STEPS = 500;

  /** A derivative may be infinite far from the maximum, where only its sign counts. */
  private static final double STEEPEST = 1e100;

  /**
   * The log-normal law: its median, and the standard deviation of its decimal logarithm.
   *
   * @throws IllegalArgumentException if the measurement does not tell them, for people
   */
  public static LawFit lognormal(Measurement measurement) {
    Located fit = Located.of(StandardLaw.NORMAL, measurement);
    return new LawFit(
        fit.location.growing(StrictMath::exp),
        fit.width.growing(width -> width / StrictMath.log(10)),
        fit.logLikelihood);
  }

  /**
   * Weibull's law: its scale and its shape.
   *
   * @throws IllegalArgumentException if the measurement does not tell them, for people
   */
  public static LawFit weibull(Measurement measurement) {
    Located fit = Located.of(StandardLaw.SMALLEST_VALUE, measurement);
    return new LawFit(
        fit.location.growing(StrictMath::exp),
        fit.width.falling(width -> 1 / width),
        fit.logLikelihood);
  }

  /** Natural logarithm of the likelihood of a log-normal law that was not fitted. */
  public static double logLikelihoodOfLognormal(
      Measurement measurement, double median, double decades) {
    double rate = 1 / (decades * StrictMath.log(10));
    return Likelihood.of(StandardLaw.NORMAL, measurement).log(rate, rate * StrictMath.log(median));
  }

  private record Located(Estimate location, Estimate width, double logLikelihood) {
    static Located of(StandardLaw law, Measurement measurement) {
      if (measurement.failed() == 0) {
        throw new IllegalArgumentException(
            "none of the %d cells failed, so their endurance cannot be fitted; give some that did"
                .formatted(measurement.count()));
      }
      // The slope along the ridge of a likelihood that has no maximum would be rounding.
      if (measurement.observations() < 2) {
        throw new IllegalArgumentException(NO_WIDTH);
      }
      return new Maximum(Likelihood.of(law, measurement), middle(measurement)).located();
    }

    /** A location among the data, from which others are searched. */
    private static double middle(Measurement measurement) {
      double sum = 0;
      int terms = 0;
      for (Measurement.Cells cells : measurement.cells()) {
        double writes = cells.hasFailed() ? cells.failedBy() : cells.survived();
        if (writes > 0) {
          sum += StrictMath.log(writes);
          terms++;
        }
      }
      return sum / terms;
    }
  }

  private record Maximum(Likelihood likelihood, double middle) {
    private static final double LEAST_RATE = 1 / MOST_WIDTH;
    private static final double MOST_RATE = 1 / LEAST_WIDTH;

    Located located() {
      Likelihood here = likelihood.from(middle);
      DoubleUnaryOperator slope =
          logRate -> {
            double rate = StrictMath.exp(logRate);
            return here.byRate(rate, offset(here, rate));
          };
      double least = StrictMath.log(LEAST_RATE);
      double most = StrictMath.log(MOST_RATE);
      if (slope.applyAsDouble(least) <= 0) {
        throw new IllegalArgumentException(
            "the cells are spread over more than 10 decades, or fewer failed after more writes; no such law tells that");
      }
      if (slope.applyAsDouble(most) >= 0) {
        throw new IllegalArgumentException(NO_WIDTH);
      }
      double logRate = root(slope, least, most);
      double rate = StrictMath.exp(logRate);
      double offset = offset(here, rate);
      double best = here.log(rate, offset);
      DoubleUnaryOperator byRate =
          other -> {
            double otherRate = StrictMath.exp(other);
            return here.log(otherRate, offset(here, otherRate)) - best + BAND;
          };
      Estimate rates =
          new Estimate(logRate, end(byRate, logRate, least), end(byRate, logRate, most));
      double location = middle + offset / rate;
      DoubleUnaryOperator byLocation = other -> highest(other) - best + BAND;
      return new Located(
          new Estimate(
              location,
              end(byLocation, location, location - FARTHEST),
              end(byLocation, location, location + FARTHEST)),
          rates.falling(other -> StrictMath.exp(-other)),
          best);
    }

    /** The most likely offset beside a rate. */
    private static double offset(Likelihood here, double rate) {
      double farthest = FARTHEST * rate + FARTHEST_WIDTHS;
      DoubleUnaryOperator slope = offset -> here.byOffset(rate, offset);
      if (slope.applyAsDouble(-farthest) <= 0 || slope.applyAsDouble(farthest) >= 0) {
        throw new IllegalArgumentException(
            "the cells' endurance cannot be fitted; give some that survived as many writes as others did not");
      }
      return root(slope, -farthest, farthest);
    }

    /** The largest log-likelihood of a location. */
    private double highest(double location) {
      Likelihood there = likelihood.from(location);
      DoubleUnaryOperator slope = rate -> there.byRate(rate, 0);
      double rate;
      if (slope.applyAsDouble(LEAST_RATE) <= 0) {
        rate = LEAST_RATE;
      } else if (slope.applyAsDouble(MOST_RATE) >= 0) {
        rate = MOST_RATE;
      } else {
        rate = root(slope, LEAST_RATE, MOST_RATE);
      }
      return there.log(rate, 0);
    }

    /** Where what is above 0 at the best value gets to it; empty if it does not. */
    private static OptionalDouble end(DoubleUnaryOperator aboveBand, double best, double farthest) {
      return aboveBand.applyAsDouble(farthest) >= 0
          ? OptionalDouble.empty()
          : OptionalDouble.of(root(aboveBand, Math.min(best, farthest), Math.max(best, farthest)));
    }

    private static double root(DoubleUnaryOperator of, double low, double high) {
      return new BracketingNthOrderBrentSolver(ACCURACY, ACCURACY, ACCURACY, 5)
          .solve(
              MOST_STEPS,
              x -> Math.max(-STEEPEST, Math.min(STEEPEST, of.applyAsDouble(x))),
              low,
              high);
    }
  }
}
