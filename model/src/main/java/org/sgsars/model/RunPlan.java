package org.sgsars.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Everything a service knows of a run before its first gradient.
 *
 * @param run identifies the run on every topic: its name, and behind a {@code ~} the number of the
 *     attempt if it had to begin anew
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
 * @param training how gradients follow from the crossbars; empty if they are replayed
 * @param experiment the experiment file's text
 * @param notices what to know of the source before the numbers are read, a sentence each, for
 *     people
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
    Optional<TrainingPlan> training,
    String experiment,
    List<String> notices) {
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

  /** Stands between a run's name and the number of a further attempt; no name has it. */
  private static final char ATTEMPT_MARK = '~';

  private static final Pattern ATTEMPT = Pattern.compile("[1-9][0-9]{0,5}");

  /**
   * @throws IllegalArgumentException if the run's name is not allowed
   */
  public RunPlan {
    int mark = run.indexOf(ATTEMPT_MARK);
    boolean isAttempt = mark < 0 || ATTEMPT.matcher(run.substring(mark + 1)).matches();
    if (!isAttempt || !isName(nameOf(run))) {
      throw new IllegalArgumentException(
          "Run name '%s' is not allowed; allowed: %s".formatted(run, NAME_RULE));
    }
    layers = List.copyOf(layers);
    sparsifiers = List.copyOf(sparsifiers);
    scenarios = List.copyOf(scenarios);
    notices = List.copyOf(notices);
    List<ScenarioPlan> ofRun = scenarios;
    training.ifPresent(plan -> plan.check(ofRun));
  }

  /** A run whose gradients are replayed. */
  public RunPlan(
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
    this(
        run,
        name,
        createdAtMs,
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
        Optional.empty(),
        experiment);
  }

  /** A run of whose source there is nothing to notice. */
  public RunPlan(
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
      Optional<TrainingPlan> training,
      String experiment) {
    this(
        run,
        name,
        createdAtMs,
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
        training,
        experiment,
        List.of());
  }

  /** Whether a scenario's crossbars hold weights that are trained. */
  public boolean trains(int scenario) {
    return training.isPresent() && training.get().trains(scenario);
  }

  /** Whether what a sparsifier selects changes weights that are trained. */
  public boolean sparsifierTrains(int sparsifier) {
    return training.isPresent()
        && training.get().scenarios().stream()
            .anyMatch(scenario -> scenarios.get(scenario).sparsifier() == sparsifier);
  }

  /** Indices of the scenarios that write what a sparsifier selects. */
  public List<Integer> scenariosOf(int sparsifier) {
    return IntStream.range(0, scenarios.size())
        .filter(scenario -> scenarios.get(scenario).sparsifier() == sparsifier)
        .boxed()
        .toList();
  }

  /** Trainings whose gradients come: 1 where they are replayed. */
  public int trainings() {
    return training.map(TrainingPlan::count).orElse(1);
  }

  /** Index of the training whose gradients a sparsifier gets. */
  public int trainingOf(int sparsifier) {
    for (int training = 1; training < trainings(); training++) {
      if (scenarios.get(training).sparsifier() == sparsifier) {
        return training;
      }
    }
    return 0;
  }

  /** Iterations begin with -1, which holds the initial weights. */
  public boolean sendsWeights() {
    return optimizer.weightDecay() != 0 || training.isPresent();
  }

  /** The sparsifier of a scenario, as the experiment has it: whose it is goes without saying. */
  public PolicyChoice sparsifierOf(ScenarioPlan scenario) {
    return sparsifiers.get(scenario.sparsifier()).forAll();
  }

  public static boolean isName(String run) {
    return NAME.matcher(run).matches();
  }

  /** What people call a run, whatever its attempt. */
  public static String nameOf(String run) {
    int mark = run.indexOf(ATTEMPT_MARK);
    return mark < 0 ? run : run.substring(0, mark);
  }

  /** The number of a run's attempt; 0 for the first. */
  public static int attemptOf(String run) {
    int mark = run.indexOf(ATTEMPT_MARK);
    return mark >= 0 && ATTEMPT.matcher(run.substring(mark + 1)).matches()
        ? Integer.parseInt(run.substring(mark + 1))
        : 0;
  }

  /** The same run, begun anew. On the wire it is a run of its own. */
  public RunPlan asAttempt(int attempt) {
    String other = nameOf(run) + (attempt == 0 ? "" : "" + ATTEMPT_MARK + attempt);
    return copy(other, createdAtMs, notices);
  }

  /** The same run, with what to know of its source. */
  public RunPlan withNotices(List<String> ofSource) {
    return copy(run, createdAtMs, ofSource);
  }

  /** Whether another announcement is of this very run, whenever it was made, in any attempt. */
  public boolean isSameRun(RunPlan other) {
    return asAttempt(0).equals(other.copy(nameOf(other.run), createdAtMs, other.notices));
  }

  /** The same run with other policies, as many of each as it has. */
  public RunPlan with(List<PolicyChoice> otherSparsifiers, List<ScenarioPlan> otherScenarios) {
    return copy(run, createdAtMs, otherSparsifiers, otherScenarios, notices);
  }

  private RunPlan copy(String otherRun, long otherMs, List<String> otherNotices) {
    return copy(otherRun, otherMs, sparsifiers, scenarios, otherNotices);
  }

  private RunPlan copy(
      String otherRun,
      long otherMs,
      List<PolicyChoice> otherSparsifiers,
      List<ScenarioPlan> otherScenarios,
      List<String> otherNotices) {
    return new RunPlan(
        otherRun,
        name,
        otherMs,
        source,
        iterations,
        seed,
        optimizer,
        gradientFormat,
        layers,
        otherSparsifiers,
        otherScenarios,
        wearInterval,
        reportSelections,
        time,
        training,
        experiment,
        otherNotices);
  }
}
