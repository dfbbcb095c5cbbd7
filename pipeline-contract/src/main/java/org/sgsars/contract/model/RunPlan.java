package org.sgsars.contract.model;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Everything a service knows of a run before its first gradient.
 *
 * @param run identifies the run on every topic
 * @param name the experiment's name
 * @param createdAtMs since 1970-01-01 UTC; shown, never computed with
 * @param source where the gradients come from, for people
 * @param iterations at least 1; numbered from 0
 * @param seed of everything random in the run
 * @param optimizer the optimizer
 * @param gradientFormat what gradients are on the wire
 * @param layers the layers; records name one by its index
 * @param sparsifiers the distinct sparsifiers, in the order of the scenarios that name them first
 * @param scenarios the scenarios; records name one by its index
 * @param wearInterval iterations between wear reports, at least 1
 * @param reportSelections whether wear reports carry the selected rows
 * @param time how long iterations take
 * @param experiment the experiment file's text
 */
public record RunPlan(
    String run,
    String name,
    long createdAtMs,
    String source,
    long iterations,
    long seed,
    OptimizerSettings optimizer,
    GradientFormat gradientFormat,
    List<LayerShape> layers,
    List<PolicyChoice> sparsifiers,
    List<ScenarioPlan> scenarios,
    long wearInterval,
    boolean reportSelections,
    RunTime time,
    String experiment) {
  /**
   * What turns iterations into epochs and days.
   *
   * @param iterationsPerEpoch at least 1; empty if not said
   * @param secondsPerIteration above 0; empty if not said
   */
  public record RunTime(OptionalLong iterationsPerEpoch, OptionalDouble secondsPerIteration) {
    public static final RunTime UNKNOWN = new RunTime(OptionalLong.empty(), OptionalDouble.empty());

    private static final double SECONDS_PER_DAY = 86_400;

    /** Iterations as epochs, if both are known. */
    public OptionalDouble epochs(OptionalDouble iterations) {
      return iterations.isPresent() && iterationsPerEpoch.isPresent()
          ? OptionalDouble.of(iterations.getAsDouble() / iterationsPerEpoch.getAsLong())
          : OptionalDouble.empty();
    }

    /** Iterations as days, if both are known. */
    public OptionalDouble days(OptionalDouble iterations) {
      return iterations.isPresent() && secondsPerIteration.isPresent()
          ? OptionalDouble.of(
              iterations.getAsDouble() * secondsPerIteration.getAsDouble() / SECONDS_PER_DAY)
          : OptionalDouble.empty();
    }
  }

  /** What a run may be called: its name stands in keys, topics and paths. */
  public static final String NAME_RULE =
      "1 to 128 letters, digits, '.', '_' and '-', beginning with a letter or digit";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /**
   * @throws IllegalArgumentException if the run's name is not allowed
   */
  public RunPlan {
    if (!isName(run)) {
      throw new IllegalArgumentException(
          "Run name '%s' is not allowed; allowed: %s".formatted(run, NAME_RULE));
    }
    layers = List.copyOf(layers);
    sparsifiers = List.copyOf(sparsifiers);
    scenarios = List.copyOf(scenarios);
  }

  /** The sparsifier of a scenario. */
  public PolicyChoice sparsifierOf(ScenarioPlan scenario) {
    return sparsifiers.get(scenario.sparsifier());
  }

  public static boolean isName(String run) {
    return NAME.matcher(run).matches();
  }

  /** Whether another announcement is of this very run, whenever it was made. */
  public boolean isSameRun(RunPlan other) {
    return equals(other.createdAt(createdAtMs));
  }

  private RunPlan createdAt(long otherMs) {
    return new RunPlan(
        run,
        name,
        otherMs,
        source,
        iterations,
        seed,
        optimizer,
        gradientFormat,
        layers,
        sparsifiers,
        scenarios,
        wearInterval,
        reportSelections,
        time,
        experiment);
  }
}
