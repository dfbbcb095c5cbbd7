package org.sgsars.analyzer.core;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.model.Sweep;

/**
 * What a run's sweeps came to, and which scenarios stand for them where there is no room for all.
 *
 * @param report of the run
 */
public record SweepResults(LifetimeReport report) {
  /** The sweeps, by ascending scenarios. */
  public List<Sweep> sweeps() {
    return report.plan().sweeps();
  }

  /** Indices of a sweep's scenarios, ascending. */
  public static List<Integer> scenariosOf(Sweep sweep) {
    return IntStream.range(0, sweep.count()).mapToObj(i -> sweep.firstScenario() + i).toList();
  }

  /**
   * The scenario of a sweep with the longest lifetime extension; of equally long ones that with the
   * least overhead, and then the first.
   *
   * @return index in the run
   */
  public int best(Sweep sweep) {
    return scenariosOf(sweep).stream()
        .min(
            Comparator.<Integer>comparingDouble(i -> -extension(i))
                .thenComparingDouble(this::overhead))
        .orElseThrow();
  }

  /**
   * Whether no other scenario of a sweep has at least as much of a metric at no more overhead, and
   * is better in one of both.
   *
   * @param scenario index in the run, one of the sweep's
   * @param metric more is better; a scenario without it has 0
   */
  public boolean isUnbeaten(
      Sweep sweep, int scenario, Function<ScenarioLifetime, OptionalDouble> metric) {
    double own = of(scenario, metric);
    double cost = overhead(scenario);
    return scenariosOf(sweep).stream()
        .noneMatch(
            other ->
                of(other, metric) >= own
                    && overhead(other) <= cost
                    && (of(other, metric) > own || overhead(other) < cost));
  }

  /** Indices of the scenarios that are of no sweep, and of the best of each sweep; ascending. */
  public List<Integer> shown() {
    return IntStream.range(0, report.scenarios().size())
        .filter(scenario -> standsFor(scenario) == scenario)
        .boxed()
        .toList();
  }

  /** The shown scenario that stands for one: itself, or the best of its sweep. */
  public int standsFor(int scenario) {
    Optional<Sweep> sweep = report.plan().sweepOf(scenario);
    return sweep.map(this::best).orElse(scenario);
  }

  /** The shown scenarios themselves. */
  public List<ScenarioLifetime> shownScenarios() {
    return shown().stream().map(report.scenarios()::get).toList();
  }

  private double extension(int scenario) {
    return of(scenario, ScenarioLifetime::lifetimeExtension);
  }

  private double of(int scenario, Function<ScenarioLifetime, OptionalDouble> metric) {
    return metric.apply(report.scenarios().get(scenario)).orElse(0);
  }

  private double overhead(int scenario) {
    return of(scenario, ScenarioLifetime::overhead);
  }
}
