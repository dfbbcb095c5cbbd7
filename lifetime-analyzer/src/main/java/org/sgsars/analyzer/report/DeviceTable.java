package org.sgsars.analyzer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.LifetimeReport.WriteCost;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.RunPlan.IterationTime;

/** How long the scenarios' devices live, as text for a table, whatever draws it. */
final class DeviceTable {
  static final String LEGEND =
      "In iterations. First loss: a weight lies on a worn-out cell for the first time; its bound: one does wherever writes go. ~ is a projection past the end of the run.";

  static final String BANDS = "In brackets 5 % to 95 % over 100 seeds.";

  private static final double PERCENT = 100;
  private static final String NONE = "-";
  private static final String SMALL_PREFIXES = " mµnpf";

  private DeviceTable() {}

  /** Whether any scenario has a device. */
  static boolean isNeeded(LifetimeReport report) {
    return report.scenarios().stream().anyMatch(s -> s.onDevice().isPresent());
  }

  /** Headers, as many as each row has values. */
  static List<String> headers(LifetimeReport report) {
    List<String> headers = new ArrayList<>(List.of("scenario", "first loss"));
    unit(report).ifPresent(unit -> headers.add(unit.header));
    headers.addAll(List.of("of its bound", "lost weights"));
    shares(report).forEach(share -> headers.add(header(share)));
    headers.addAll(List.of("failed cells", "write time + levelling", "energy + levelling"));
    return headers;
  }

  /** Units of the first loss besides iterations. */
  private record Unit(
      String header, BiFunction<IterationTime, OptionalDouble, OptionalDouble> of) {}

  /** The finest that the experiment's times allow. */
  private static Optional<Unit> unit(LifetimeReport report) {
    IterationTime time = report.plan().time();
    if (time.secondsPerIteration().isPresent()) {
      return Optional.of(new Unit("in days", IterationTime::days));
    }
    return time.iterationsPerEpoch().isPresent()
        ? Optional.of(new Unit("in epochs", IterationTime::epochs))
        : Optional.empty();
  }

  private static List<Double> shares(LifetimeReport report) {
    return report.scenarios().stream()
        .flatMap(s -> s.onDevice().stream())
        .flatMap(d -> d.failures().stream())
        .map(FailureTime::share)
        .distinct()
        .sorted()
        .toList();
  }

  private static String header(double share) {
    return share == 0
        ? "first failure"
        : format("%s %% failed", format("%.3f", share * PERCENT).replaceAll("\\.?0+$", ""));
  }

  /**
   * One row for each shown scenario that has a device.
   *
   * @param withBands whether projections have theirs
   */
  static List<List<String>> rows(LifetimeReport report, boolean withBands) {
    List<List<String>> rows = new ArrayList<>();
    for (ScenarioLifetime scenario : new SweepResults(report).shownScenarios()) {
      scenario.onDevice().ifPresent(device -> rows.add(row(report, scenario, device, withBands)));
    }
    return rows;
  }

  private static List<String> row(
      LifetimeReport report, ScenarioLifetime scenario, DeviceLifetime device, boolean withBands) {
    List<String> row = new ArrayList<>(List.of(scenario.name(), at(device.firstLoss(), withBands)));
    OptionalDouble loss =
        device.firstLoss().stream().mapToDouble(FirstLoss::iterations).findFirst();
    unit(report)
        .ifPresent(unit -> row.add(number("%.4g", unit.of.apply(report.plan().time(), loss))));
    row.add(device.firstLoss().map(DeviceTable::ofBound).orElse(NONE));
    row.add(share(device.lostWeights(), scenario.weights()));
    for (double share : shares(report)) {
      row.add(
          device.failures().stream()
              .filter(failure -> failure.share() == share)
              .map(failure -> time(failure, withBands))
              .findFirst()
              .orElse(NONE));
    }
    row.add(share(device.failedCells(), device.cells()));
    row.add(cost(device.updates(), device.levelling(), "s", WriteCost::seconds));
    row.add(cost(device.updates(), device.levelling(), "J", WriteCost::joules));
    return row;
  }

  /** When the first weight is lost, with its band and how near that is to its bound. */
  static String firstLoss(FirstLoss loss) {
    String at = at(Optional.of(loss), true);
    return loss.efficiency().isPresent() ? at + ", %s of its bound".formatted(ofBound(loss)) : at;
  }

  /** The same without its bound, and with its band if that is asked for. */
  static String at(Optional<FirstLoss> first, boolean withBand) {
    return first
        .map(
            loss ->
                time(
                    loss.iterations(),
                    loss.projected(),
                    loss.lowIfKnown(),
                    loss.highIfKnown(),
                    withBand))
        .orElse(NONE);
  }

  private static String ofBound(FirstLoss loss) {
    return loss.efficiency().isPresent() ? threeDigits(loss.efficiency().getAsDouble()) : NONE;
  }

  /** A share of 1 in percent. */
  static String threeDigits(double share) {
    return format("%.3g %%", PERCENT * share);
  }

  /** When a share of the cells has failed, with its band if that is asked for. */
  static String time(FailureTime failure, boolean withBand) {
    return failure.iterations().isEmpty()
        ? "never"
        : time(
            failure.iterations().getAsDouble(),
            failure.projected(),
            failure.low(),
            failure.high(),
            withBand);
  }

  private static String time(
      double at, boolean projected, OptionalDouble low, OptionalDouble high, boolean withBand) {
    if (!projected) {
      return iterations(at);
    }
    return withBand && low.isPresent() && high.isPresent()
        ? format(
            "~ %s [%s, %s]",
            iterations(at), iterations(low.getAsDouble()), iterations(high.getAsDouble()))
        : "~ " + iterations(at);
  }

  private static String share(long part, long all) {
    return format("%.3g %%", all == 0 ? 0 : PERCENT * part / all);
  }

  /** A number of iterations: whole, or with three digits where it is large. */
  static String iterations(double iterations) {
    return iterations < 1e6 ? format("%,.0f", iterations) : format("%.2e", iterations);
  }

  private static String cost(
      WriteCost updates,
      WriteCost levelling,
      String unit,
      Function<WriteCost, OptionalDouble> value) {
    OptionalDouble ofUpdates = value.apply(updates);
    OptionalDouble ofLevelling = value.apply(levelling);
    return ofUpdates.isPresent() && ofLevelling.isPresent()
        ? quantity(ofUpdates.getAsDouble(), unit)
            + " + "
            + quantity(ofLevelling.getAsDouble(), unit)
        : NONE;
  }

  /** With the prefix that leaves one to three digits before the point. */
  private static String quantity(double value, String unit) {
    int prefix = 0;
    double scaled = value;
    while (scaled > 0 && scaled < 1 && prefix < SMALL_PREFIXES.length() - 1) {
      scaled *= 1000;
      prefix++;
    }
    return format("%.3g", scaled).replaceAll("e\\+0?", "e")
        + " "
        + SMALL_PREFIXES.substring(prefix, prefix + 1).trim()
        + unit;
  }

  private static String number(String pattern, OptionalDouble value) {
    return value.isPresent() ? format(pattern, value.getAsDouble()) : NONE;
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
