package org.sgsars.device;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sgsars.device.MeasuredSettings.Data;
import org.sgsars.device.MeasuredSettings.Law;
import org.sgsars.device.MeasuredSettings.Lognormal;
import org.sgsars.device.MeasuredSettings.Weibull;
import org.sgsars.device.fit.EmpiricalLaw;
import org.sgsars.device.fit.Estimate;
import org.sgsars.device.fit.LawFit;
import org.sgsars.device.fit.Measurement;
import org.sgsars.policy.SettingFileException;
import org.sgsars.policy.SettingFiles;
import org.sgsars.policy.SettingsType;

/**
 * A user's own device whose endurance comes from a table of measured cells. The table is read and
 * the law fitted where the experiment is read; a run's services are handed the law. So what a
 * report says of the device may stand in an experiment instead of the path.
 */
public final class MeasuredDevice extends PresetDevice<MeasuredSettings> {
  private static final String LOGNORMAL_MEDIAN = "median";
  private static final String WEIBULL_SCALE = "scale";

  /** More than any band warrants, and the same digits on every JDK. */
  private static final MathContext DIGITS = new MathContext(6);

  private static final SettingsType<MeasuredSettings> ALL = SettingsType.of(MeasuredSettings.class);
  private static final SettingsType<Data> OF_TABLE = SettingsType.of(Data.class);
  private static final SettingsType<Lognormal> OF_LOGNORMAL = SettingsType.of(Lognormal.class);
  private static final SettingsType<Weibull> OF_WEIBULL = SettingsType.of(Weibull.class);
  private static final SettingsType<WritePulse> OF_PULSE = SettingsType.of(WritePulse.class);

  public MeasuredDevice() {
    super(
        "measured",
        true,
        "A device of your own, from a table of measured cells: fitted, or as it was seen.",
        "your table");
  }

  @Override
  public Class<MeasuredSettings> settingsType() {
    return MeasuredSettings.class;
  }

  @Override
  MeasuredSettings preset(WritePulse pulse) {
    return ALL.bind(OF_PULSE.values(pulse));
  }

  @Override
  public Optional<String> problemWith(MeasuredSettings settings) {
    Set<String> read = new TreeSet<>(OF_TABLE.values(settings.data()).keySet());
    Set<String> ofLognormal = OF_LOGNORMAL.values(settings.lognormal()).keySet();
    Set<String> ofWeibull = OF_WEIBULL.values(settings.weibull()).keySet();
    if (settings.source().path().isPresent()) {
      read.addAll(ofLognormal);
      read.addAll(ofWeibull);
      return read.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "path and what is read of it (%s) exclude each other; leave one of both out"
                  .formatted(String.join(", ", read)));
    }
    Law law = settings.source().law();
    if (law != Law.LOGNORMAL && !ofLognormal.isEmpty()) {
      return Optional.of(ofAnotherLaw(ofLognormal, law));
    }
    if (law != Law.WEIBULL && !ofWeibull.isEmpty()) {
      return Optional.of(ofAnotherLaw(ofWeibull, law));
    }
    if (law != Law.EMPIRICAL && settings.data().steps().isPresent()) {
      return Optional.of(ofAnotherLaw(Set.of("steps"), law));
    }
    return switch (law) {
      case LOGNORMAL ->
          missing(
              settings.lognormal().median(), settings.lognormal().spread(), "median and spread");
      case WEIBULL ->
          missing(settings.weibull().scale(), settings.weibull().shape(), "scale and shape");
      case EMPIRICAL -> problemWithSteps(settings.data().steps());
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
  public MeasuredSettings withFilesRead(MeasuredSettings settings, SettingFiles files)
      throws SettingFileException {
    if (settings.source().path().isEmpty()) {
      return settings;
    }
    Path path = settings.source().path().get();
    Measurement measurement = EnduranceTable.read(files.table(path));
    TreeMap<String, Object> values = new TreeMap<>(ALL.values(settings));
    values.remove("path");
    values.put("data", String.valueOf(path.getFileName()));
    values.put("measuredCells", measurement.count());
    values.put("failedCells", measurement.failed());
    try {
      switch (settings.source().law()) {
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
    put(values, width, fit.width(), 0, MeasuredSettings.MOST_SHAPE);
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
  public Endurance endurance(MeasuredSettings settings) {
    return switch (settings.source().law()) {
      case LOGNORMAL ->
          Endurance.lognormal(
              read(settings.lognormal().median()), read(settings.lognormal().spread()));
      case WEIBULL ->
          Endurance.weibull(read(settings.weibull().scale()), read(settings.weibull().shape()));
      case EMPIRICAL -> EmpiricalLaw.fromText(settings.data().steps().orElseThrow(this::notRead));
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
