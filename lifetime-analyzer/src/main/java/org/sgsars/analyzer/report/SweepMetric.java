package org.sgsars.analyzer.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;

/**
 * What is drawn over swept settings.
 *
 * @param title for people
 * @param of a scenario's; empty where it has none
 * @param text a value of it, short
 */
record SweepMetric(
    String title, Function<ScenarioLifetime, OptionalDouble> of, DoubleFunction<String> text) {
  /** Lifetime extension, and first loss for scenarios with a device. */
  static final List<SweepMetric> ALL =
      List.of(
          new SweepMetric(
              "Lifetime extension",
              ScenarioLifetime::lifetimeExtension,
              value -> String.format(Locale.ROOT, value < 99.95 ? "%.1f×" : "%.0f×", value)),
          new SweepMetric(
              "First loss (iterations)", SweepMetric::firstLoss, DeviceTable::iterations));

  private static OptionalDouble firstLoss(ScenarioLifetime scenario) {
    return scenario.onDevice().stream()
        .flatMap(device -> device.firstLoss().stream())
        .mapToDouble(loss -> loss.iterations())
        .findFirst();
  }
}
