package org.sgsars.device;

import static org.sgsars.device.PresetDevice.MOST_WRITES;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.sgsars.device.fit.EmpiricalLaw;
import org.sgsars.policy.Setting;

/**
 * An endurance by a table, or what was read of it.
 *
 * @param source the table and the law
 * @param data what was read of the table
 * @param lognormal the law if it is log-normal
 * @param weibull the law if it is Weibull's
 * @param pulse what a write pulse costs
 * @param cells what every device takes
 */
record MeasuredSettings(
    Source source,
    Data data,
    Lognormal lognormal,
    Weibull weibull,
    WritePulse pulse,
    CellSettings cells)
    implements DeviceSettings {
  static final double MOST_DECADES = 10;
  static final double LEAST_SHAPE = 0.04;
  static final double MOST_SHAPE = 1000;
  static final double MOST_LOG_LIKELIHOOD = 1e15;

  /** What cells are taken to follow. */
  enum Law {
    LOGNORMAL,
    WEIBULL,
    /** No law: what was seen. */
    EMPIRICAL
  }

  /**
   * Where the law comes from.
   *
   * @param path the table; empty if what was read of it is given instead
   * @param law to fit
   */
  record Source(
      @Setting(
              about =
                  "A table (CSV) of cycles to failure, or of cells that had failed by so many writes.",
              absent = "what a report says of the table is given instead")
          Optional<Path> path,
      @Setting(
              about =
                  "What is fitted to the table; empirical is what was seen, and nothing beyond.",
              fallback = "lognormal")
          Law law) {}

  /**
   * What was read of a table.
   *
   * @param data name of its file
   * @param measuredCells in it
   * @param failedCells of these
   * @param logLikelihood natural logarithm, of the fitted law
   * @param steps of an {@link EmpiricalLaw}
   */
  record Data(
      @Setting(about = "Read from the table: the name of its file.", absent = "not read")
          Optional<String> data,
      @Setting(
              about = "Read from the table: how many cells it has.",
              unit = "cells",
              least = 1,
              most = Integer.MAX_VALUE,
              absent = "not read")
          OptionalInt measuredCells,
      @Setting(
              about = "Read from the table: how many of these failed.",
              unit = "cells",
              least = 1,
              most = Integer.MAX_VALUE,
              absent = "not read")
          OptionalInt failedCells,
      @Setting(
              about =
                  "Natural logarithm of the fitted law's likelihood; of two laws of a table the larger one fits better.",
              least = -MOST_LOG_LIKELIHOOD,
              most = MOST_LOG_LIKELIHOOD,
              absent = "not fitted")
          OptionalDouble logLikelihood,
      @Setting(
              about =
                  "The empirical law: SHARE:WRITES of failed cells, or SHARE:FROM:TO, with spaces between.",
              absent = "not empirical")
          Optional<String> steps) {}

  /**
   * A log-normal law with its 95 % bands.
   *
   * @param median writes that half of the cells survive
   * @param medianLow lower end of its band
   * @param medianHigh upper end
   * @param spread standard deviation of the decimal logarithm
   * @param spreadLow lower end of its band
   * @param spreadHigh upper end
   */
  record Lognormal(
      @Setting(
              about = "Writes that half of the cells survive.",
              unit = "writes",
              least = 1,
              most = MOST_WRITES,
              absent = "fitted to the table")
          OptionalDouble median,
      @Setting(
              about = "Lower end of the fitted median's 95 % band.",
              unit = "writes",
              least = 1,
              most = MOST_WRITES,
              absent = "not bounded by the table")
          OptionalDouble medianLow,
      @Setting(
              about = "Upper end of the fitted median's 95 % band.",
              unit = "writes",
              least = 1,
              most = MOST_WRITES,
              absent = "not bounded by the table")
          OptionalDouble medianHigh,
      @Setting(
              about = "Standard deviation of the decimal logarithm.",
              unit = "decades",
              least = 0,
              most = MOST_DECADES,
              absent = "fitted to the table")
          OptionalDouble spread,
      @Setting(
              about = "Lower end of the fitted spread's 95 % band.",
              unit = "decades",
              least = 0,
              most = MOST_DECADES,
              absent = "not bounded by the table")
          OptionalDouble spreadLow,
      @Setting(
              about = "Upper end of the fitted spread's 95 % band.",
              unit = "decades",
              least = 0,
              most = MOST_DECADES,
              absent = "not bounded by the table")
          OptionalDouble spreadHigh) {}

  /**
   * Weibull's law with its 95 % bands.
   *
   * @param scale writes that a share 1/e of the cells survives
   * @param scaleLow lower end of its band
   * @param scaleHigh upper end
   * @param shape of the law
   * @param shapeLow lower end of its band
   * @param shapeHigh upper end
   */
  record Weibull(
      @Setting(
              about = "Writes that 36.8 % of the cells (1/e) survive.",
              unit = "writes",
              least = 1,
              most = MOST_WRITES,
              absent = "fitted to the table")
          OptionalDouble scale,
      @Setting(
              about = "Lower end of the fitted scale's 95 % band.",
              unit = "writes",
              least = 1,
              most = MOST_WRITES,
              absent = "not bounded by the table")
          OptionalDouble scaleLow,
      @Setting(
              about = "Upper end of the fitted scale's 95 % band.",
              unit = "writes",
              least = 1,
              most = MOST_WRITES,
              absent = "not bounded by the table")
          OptionalDouble scaleHigh,
      @Setting(
              about = "Shape of Weibull's law.",
              least = LEAST_SHAPE,
              most = MOST_SHAPE,
              absent = "fitted to the table")
          OptionalDouble shape,
      @Setting(
              about = "Lower end of the fitted shape's 95 % band.",
              least = LEAST_SHAPE,
              most = MOST_SHAPE,
              absent = "not bounded by the table")
          OptionalDouble shapeLow,
      @Setting(
              about = "Upper end of the fitted shape's 95 % band.",
              least = LEAST_SHAPE,
              most = MOST_SHAPE,
              absent = "not bounded by the table")
          OptionalDouble shapeHigh) {}
}
