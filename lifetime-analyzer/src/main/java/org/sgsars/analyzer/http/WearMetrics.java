package org.sgsars.analyzer.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.page.LivePages;
import org.sgsars.analyzer.page.LivePages.Progress;

/**
 * {@code GET /prometheus}: how far the latest runs are and how worn their cells, read off when
 * asked, of what the page shows. Only the latest, or the series would grow without end.
 */
@Singleton
@Requires(property = "micronaut.application.name", value = AnalyzerLoop.SERVICE)
final class WearMetrics
    implements BeanCreatedEventListener<PrometheusMeterRegistry>, MultiCollector {
  /** Runs that are told of. */
  static final int MOST_RUNS = 20;

  private static final Gauge ITERATIONS =
      new Gauge("sgsars_run_iterations", "Iterations that all of the run's wear reflects");
  private static final Gauge PLANNED =
      new Gauge("sgsars_run_planned_iterations", "Iterations that the run is to have");
  private static final Gauge RUNNING =
      new Gauge("sgsars_run_running", "1 while more wear of the run is waited for, 0 afterwards");
  private static final List<ScenarioGauge> OF_SCENARIOS =
      List.of(
          new ScenarioGauge(
              "sgsars_scenario_max_cell_writes",
              "Writes of the scenario's most worn cell",
              scenario -> OptionalDouble.of(scenario.maxCellWrites())),
          new ScenarioGauge(
              "sgsars_scenario_mean_cell_writes",
              "Writes of the scenario's cells, their mean",
              scenario -> OptionalDouble.of(scenario.meanCellWrites())),
          new ScenarioGauge(
              "sgsars_scenario_lifetime_extension_ratio",
              "Iterations / writes of the most worn cell; dense training has 1",
              ScenarioLifetime::lifetimeExtension),
          new ScenarioGauge(
              "sgsars_scenario_efficiency_ratio",
              "Lifetime extension / its bound",
              ScenarioLifetime::efficiency),
          new ScenarioGauge(
              "sgsars_scenario_levelling_overhead_ratio",
              "Cell writes by levelling / cell writes by updates",
              ScenarioLifetime::overhead),
          new ScenarioGauge(
              "sgsars_scenario_failed_cells",
              "Worn-out cells of the scenario's device",
              scenario ->
                  scenario.onDevice().isPresent()
                      ? OptionalDouble.of(scenario.onDevice().get().failedCells())
                      : OptionalDouble.empty()),
          new ScenarioGauge(
              "sgsars_scenario_lost_weights",
              "Weights of the scenario that lie where a cell of its device is worn out",
              scenario ->
                  scenario.onDevice().isPresent()
                      ? OptionalDouble.of(scenario.onDevice().get().lostWeights())
                      : OptionalDouble.empty()),
          new ScenarioGauge(
              "sgsars_scenario_accuracy_ratio",
              "Share of test images that the network on the scenario's crossbars gives their class",
              ScenarioLifetime::lastAccuracy));

  private final Provider<LivePages> pages;

  WearMetrics(Provider<LivePages> pages) {
    this.pages = pages;
  }

  @Override
  public PrometheusMeterRegistry onCreated(BeanCreatedEvent<PrometheusMeterRegistry> event) {
    event.getBean().getPrometheusRegistry().register(this);
    return event.getBean();
  }

  @Override
  public MetricSnapshots collect() {
    Gauges gauges = new Gauges();
    List<Progress> latest =
        pages.get().followed().stream()
            .sorted(
                Comparator.comparingLong((Progress run) -> run.times().createdAtMs())
                    .reversed()
                    .thenComparing(Progress::run))
            .limit(MOST_RUNS)
            .toList();
    for (Progress run : latest) {
      Labels labels = Labels.of("run", run.run(), "experiment", run.name());
      gauges.add(ITERATIONS, labels, run.iterations());
      gauges.add(PLANNED, labels, run.plannedIterations());
      gauges.add(RUNNING, labels, run.done() ? 0 : 1);
      pages.get().report(run.run()).ifPresent(report -> scenarios(report, run.run(), gauges));
    }
    return gauges.snapshots();
  }

  private static void scenarios(LifetimeReport report, String run, Gauges gauges) {
    for (ScenarioLifetime scenario : report.scenarios()) {
      Labels labels = Labels.of("run", run, "scenario", scenario.name());
      for (ScenarioGauge of : OF_SCENARIOS) {
        of.value().apply(scenario).ifPresent(value -> gauges.add(of.gauge(), labels, value));
      }
    }
  }

  private record Gauge(String title, String help) {}

  private record ScenarioGauge(Gauge gauge, Function<ScenarioLifetime, OptionalDouble> value) {
    ScenarioGauge(String title, String help, Function<ScenarioLifetime, OptionalDouble> value) {
      this(new Gauge(title, help), value);
    }
  }

  /** What has been read off so far. */
  private static final class Gauges {
    private final Map<Gauge, GaugeSnapshot.Builder> builders = new LinkedHashMap<>();

    void add(Gauge gauge, Labels labels, double value) {
      builders
          .computeIfAbsent(gauge, g -> GaugeSnapshot.builder().name(g.title()).help(g.help()))
          .dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value).build());
    }

    MetricSnapshots snapshots() {
      return new MetricSnapshots(
          builders.values().stream().map(builder -> (MetricSnapshot) builder.build()).toList());
    }
  }
}
