package org.sgsars.device;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sgsars.device.fit.EmpiricalLaw;
import org.sgsars.device.fit.Estimate;
import org.sgsars.device.fit.LawFit;
import org.sgsars.device.fit.Measurement;
import org.sgsars.policy.Setting;
import org.sgsars.policy.SettingFileException;
import org.sgsars.policy.SettingFiles;
import org.sgsars.policy.SettingsType;

/**
 * A user's own device whose endurance comes from a table of measured cells. The table is read and
 * the law fitted where the experiment is read; a run's services are handed the law. So what a
 * report says of the device may stand in an experiment instead of the path.
 */
public final class MeasuredDevice extends PresetDevice<MeasuredDevice.Settings> {
  private static final String LOGNORMAL_MEDIAN = "median";
  private static final String WEIBULL_SCALE = "scale";

  /** More than any band warrants, and the same digits on every JDK. */
  private static final MathContext DIGITS = new MathContext(6);

  private static final double MOST_DECADES = 10;
  private static final double LEAST_SHAPE = 0.04;
  private static final double MOST_SHAPE = 1000;
  private static final double MOST_LOG_LIKELIHOOD = 1e15;

  private static final SettingsType<Settings> ALL = SettingsType.of(Settings.class);
  private static final SettingsType<Data> OF_TABLE = SettingsType.of(Data.class);
  private static final SettingsType<Lognormal> OF_LOGNORMAL = SettingsType.of(Lognormal.class);
  private static final SettingsType<Weibull> OF_WEIBULL = SettingsType.of(Weibull.class);

  public MeasuredDevice() {
    super(
        "measured",
        true,
        "A device of your own, from a table of measured cells: fitted, or as it was seen.",
        "your table");
  }

  /** What cells are taken to follow. */
  enum Law {
    LOGNORMAL,
    WEIBULL,
    /** No law: what was seen. */
    EMPIRICAL
  }

  /**
   * An endurance by a table, or what was read of it.
   *
   * @param source the table and the law
   * @param data what was read of the table
   * @param lognormal the law if it is log-normal
   * @param weibull the law if it is Weibull's
   * @param pulseNs time of one write pulse, in nanoseconds
   * @param pulsePj energy of one write pulse of one cell, in picojoules
   * @param cells what every device takes
   */
  record Settings(
      Source source,
      Data data,
      Lognormal lognormal,
      Weibull weibull,
      @Setting(
              about = "Time of one write pulse. 10 ns in MNSIM and NVMExplorer, 50 ns in NeuroSim.",
              unit = "ns",
              least = LEAST_COST,
              most = MOST_COST,
              absent = "unknown")
          OptionalDouble pulseNs,
      @Setting(
              about =
                  "Energy of one write pulse of one cell. 0.6 pJ is NVMExplorer's RRAM cell at 2.0 V.",
              unit = "pJ",
              least = LEAST_COST,
              most = MOST_COST,
              absent = "unknown")
          OptionalDouble pulsePj,
      CellSettings cells)
      implements DeviceSettings {}

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

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  Settings preset(OptionalDouble pulseNs, OptionalDouble pulsePj) {
    TreeMap<String, Object> pulses = new TreeMap<>();
    pulseNs.ifPresent(value -> pulses.put("pulseNs", value));
    pulsePj.ifPresent(value -> pulses.put("pulsePj", value));
    return ALL.bind(pulses);
  }

  @Override
  public Optional<String> problemWith(Settings settings) {
    Set<String> read = new TreeSet<>(OF_TABLE.values(settings.data).keySet());
    Set<String> ofLognormal = OF_LOGNORMAL.values(settings.lognormal).keySet();
    Set<String> ofWeibull = OF_WEIBULL.values(settings.weibull).keySet();
    if (settings.source.path.isPresent()) {
      read.addAll(ofLognormal);
      read.addAll(ofWeibull);
      return read.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "path and what is read of it (%s) exclude each other; leave one of both out"
                  .formatted(String.join(", ", read)));
    }
    Law law = settings.source.law;
    if (law != Law.LOGNORMAL && !ofLognormal.isEmpty()) {
      return Optional.of(ofAnotherLaw(ofLognormal, law));
    }
    if (law != Law.WEIBULL && !ofWeibull.isEmpty()) {
      return Optional.of(ofAnotherLaw(ofWeibull, law));
    }
    if (law != Law.EMPIRICAL && settings.data.steps.isPresent()) {
      return Optional.of(ofAnotherLaw(Set.of("steps"), law));
    }
    return switch (law) {
      case LOGNORMAL ->
          missing(settings.lognormal.median, settings.lognormal.spread, "median and spread");
      case WEIBULL -> missing(settings.weibull.scale, settings.weibull.shape, "scale and shape");
      case EMPIRICAL -> problemWithSteps(settings.data.steps);
    };
  }

  private static String ofAnotherLaw(Set<String> names, Law law) {
    return "%s: not of law %s; leave it out, or choose another law"
        .formatted(String.join(", ", new TreeSet<>(names)), SettingsType.key(law));
  }

  private static Optional<String> missing(OptionalDouble one, OptionalDouble other, String names) {
    return one.isPresent() && other.isPresent() ? Optional.empty() : Optional.of(missing(names));
  }

  private static String missing(String names) {
    return "path is missing; allowed: the path of a table, or %s as a report has them"
        .formatted(names);
  }

  private static Optional<String> problemWithSteps(Optional<String> steps) {
    if (steps.isEmpty()) {
      return Optional.of(missing("steps"));
    }
    try {
      EmpiricalLaw.fromText(steps.get());
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of("steps: " + e.getMessage());
    }
  }

  @Override
  public Settings withFilesRead(Settings settings, SettingFiles files) throws SettingFileException {
    if (settings.source.path.isEmpty()) {
      return settings;
    }
    Path path = settings.source.path.get();
    Measurement measurement = EnduranceTable.read(files.table(path));
    TreeMap<String, Object> values = new TreeMap<>(ALL.values(settings));
    values.remove("path");
    values.put("data", String.valueOf(path.getFileName()));
    values.put("measuredCells", measurement.count());
    values.put("failedCells", measurement.failed());
    try {
      switch (settings.source.law) {
        case LOGNORMAL -> put(values, LawFit.lognormal(measurement), LOGNORMAL_MEDIAN, "spread");
        case WEIBULL -> put(values, LawFit.weibull(measurement), WEIBULL_SCALE, "shape");
        case EMPIRICAL -> values.put("steps", EmpiricalLaw.of(measurement).toText());
      }
      return ALL.bind(values);
    } catch (IllegalArgumentException e) {
      throw new SettingFileException(List.of(path + ": " + e.getMessage()));
    }
  }

  private static void put(Map<String, Object> values, LawFit fit, String centre, String width) {
    if (fit.centre().value() < 1 || fit.centre().value() > MOST_WRITES) {
      throw new IllegalArgumentException(
          "the fit's %s is %s writes; allowed: 1 to 1e15. Too few cells failed to tell it"
              .formatted(centre, rounded(fit.centre().value())));
    }
    put(values, centre, fit.centre(), 1, MOST_WRITES);
    put(values, width, fit.width(), 0, MOST_SHAPE);
    values.put("logLikelihood", rounded(fit.logLikelihood()));
  }

  private static void put(
      Map<String, Object> values, String name, Estimate estimate, double least, double most) {
    values.put(name, rounded(estimate.value()));
    estimate.low().ifPresent(low -> values.put(name + "Low", rounded(Math.max(least, low))));
    estimate
        .high()
        .ifPresent(
            high -> {
              if (high <= most) {
                values.put(name + "High", rounded(high));
              }
            });
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }

  @Override
  public Endurance endurance(Settings settings) {
    return switch (settings.source.law) {
      case LOGNORMAL ->
          Endurance.lognormal(read(settings.lognormal.median), read(settings.lognormal.spread));
      case WEIBULL -> Endurance.weibull(read(settings.weibull.scale), read(settings.weibull.shape));
      case EMPIRICAL -> EmpiricalLaw.fromText(settings.data.steps.orElseThrow(this::notRead));
    };
  }

  private double read(OptionalDouble number) {
    return number.orElseThrow(this::notRead);
  }

  /** A manifest may name a file that no service has. */
  private IllegalArgumentException notRead() {
    return new IllegalArgumentException(
        "a run's services do not read path; name in the manifest what was read of it");
  }
}
