package org.sgsars.analyzer.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.Sweep;

/**
 * What is drawn over swept settings.
 *
 * @param title for people
 * @param of a scenario's; empty where it has none
 * @param text a value of it, short
 */
record SweepMetric(
    String title, Function<ScenarioLifetime, OptionalDouble> of, DoubleFunction<String> text) {
  static final SweepMetric EXTENSION =
      new SweepMetric(
          "Lifetime extension",
          ScenarioLifetime::lifetimeExtension,
          value -> String.format(Locale.ROOT, value < 99.95 ? "%.1f×" : "%.0f×", value));

  /** Of scenarios with a device. */
  static final SweepMetric FIRST_LOSS =
      new SweepMetric("First loss (iterations)", SweepMetric::firstLoss, DeviceTable::iterations);

  static final List<SweepMetric> ALL = List.of(EXTENSION, FIRST_LOSS);

  /** What the scenarios of some sweeps have of it, in their order. */
  List<Double> values(LifetimeReport report, List<Sweep> sweeps) {
    return sweeps.stream()
        .flatMap(sweep -> SweepResults.scenariosOf(sweep).stream())
        .map(i -> of.apply(report.scenarios().get(i)))
        .flatMap(value -> value.stream().boxed())
        .toList();
  }

  private static OptionalDouble firstLoss(ScenarioLifetime scenario) {
    return scenario.onDevice().stream()
        .flatMap(device -> device.firstLoss().stream())
        .mapToDouble(loss -> loss.iterations())
        .findFirst();
  }
}
