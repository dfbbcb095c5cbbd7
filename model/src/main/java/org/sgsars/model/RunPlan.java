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
 * @param origin where the run comes from, for people
 * @param iterations at least 1; numbered from 0
 * @param seed of everything random in the run
 * @param gradients what they are, and where they come from
 * @param layers the layers; records name one by its index
 * @param comparison what is compared
 * @param reports what wear reports hold, and how often they come
 */
public record RunPlan(
    String run,
    Origin origin,
    long iterations,
    long seed,
    GradientPlan gradients,
    List<LayerShape> layers,
    Comparison comparison,
    ReportPlan reports) {
  /**
   * Where a run comes from. Shown, never computed with.
   *
   * @param name the experiment's name
   * @param createdAtMs since 1970-01-01 UTC
   * @param source where the gradients come from
   * @param experiment the experiment file's text
   * @param notices what to know of the source before the numbers are read, a sentence each
   */
  public record Origin(
      String name, long createdAtMs, String source, String experiment, List<String> notices) {
    public Origin {
      notices = List.copyOf(notices);
    }
  }

  /**
   * A run's gradients.
   *
   * @param optimizer what turns them into updates
   * @param format what they are on the wire
   * @param time how long iterations take
   * @param training how they follow from the crossbars; empty if they are replayed
   */
  public record GradientPlan(
      OptimizerSettings optimizer,
      GradientFormat format,
      IterationTime time,
      Optional<TrainingPlan> training) {}

  /**
   * What is compared.
   *
   * @param sparsifiers the distinct sparsifiers, in the order of the scenarios that name them first
   * @param scenarios the scenarios; records name one by its index
   * @param sweeps which of them differ in some settings only, by ascending scenarios
   */
  public record Comparison(
      List<PolicyChoice> sparsifiers, List<ScenarioPlan> scenarios, List<Sweep> sweeps) {
    /**
     * @throws IllegalArgumentException if a sweep has scenarios that there are not
     */
    public Comparison {
      sparsifiers = List.copyOf(sparsifiers);
      scenarios = List.copyOf(scenarios);
      sweeps = List.copyOf(sweeps);
      Sweep.check(sweeps, scenarios.size());
    }
  }

  /**
   * Wear reports.
   *
   * @param wearInterval iterations between two of them, at least 1
   * @param selections whether they carry the selected rows
   */
  public record ReportPlan(long wearInterval, boolean selections) {}

  /**
   * What turns iterations into epochs and days.
   *
   * @param iterationsPerEpoch at least 1; empty if not said
   * @param secondsPerIteration above 0; empty if not said
   */
  public record IterationTime(OptionalLong iterationsPerEpoch, OptionalDouble secondsPerIteration) {
    public static final IterationTime UNKNOWN =
        new IterationTime(OptionalLong.empty(), OptionalDouble.empty());

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
    List<ScenarioPlan> ofRun = comparison.scenarios();
    gradients.training().ifPresent(plan -> plan.check(ofRun));
    for (ScenarioPlan scenario : ofRun) {
      int known = scenario.exceptions().ofLayers().size();
      if (known != 0 && known != layers.size()) {
        throw new IllegalArgumentException(
            "scenario %s has settings for %d layers; allowed: for all %d, or for none"
                .formatted(scenario.name(), known, layers.size()));
      }
      checkLoans(scenario, layers.size());
    }
  }

  private static void checkLoans(ScenarioPlan scenario, int layers) {
    List<Integer> borrowed = scenario.exceptions().loans().borrowedRows();
    int most = ScenarioPlan.MAX_CROSSBAR_SIZE - scenario.spareRows();
    boolean isTooMuch = borrowed.stream().anyMatch(rows -> rows > most);
    if (isTooMuch || (!borrowed.isEmpty() && borrowed.size() != layers)) {
      throw new IllegalArgumentException(
          "scenario %s: layers borrow %s rows; allowed: 0 to %d each, of all %d layers or of none"
              .formatted(scenario.name(), borrowed, most, layers));
    }
  }

  /** The experiment's name. */
  public String name() {
    return origin.name();
  }

  /** When the run was announced, in milliseconds since 1970-01-01 UTC. */
  public long createdAtMs() {
    return origin.createdAtMs();
  }

  /** Where the gradients come from, for people. */
  public String source() {
    return origin.source();
  }

  /** The experiment file's text. */
  public String experiment() {
    return origin.experiment();
  }

  /** What to know of the source before the numbers are read, a sentence each, for people. */
  public List<String> notices() {
    return origin.notices();
  }

  public OptimizerSettings optimizer() {
    return gradients.optimizer();
  }

  /** What gradients are on the wire. */
  public GradientFormat gradientFormat() {
    return gradients.format();
  }

  /** How long iterations take. */
  public IterationTime time() {
    return gradients.time();
  }

  /** How gradients follow from the crossbars; empty if they are replayed. */
  public Optional<TrainingPlan> training() {
    return gradients.training();
  }

  /** The distinct sparsifiers, in the order of the scenarios that name them first. */
  public List<PolicyChoice> sparsifiers() {
    return comparison.sparsifiers();
  }

  /** The scenarios; records name one by its index. */
  public List<ScenarioPlan> scenarios() {
    return comparison.scenarios();
  }

  /** Scenarios that differ in some settings only, by ascending scenarios. */
  public List<Sweep> sweeps() {
    return comparison.sweeps();
  }

  /** The sweep that a scenario is of, if it is of one. */
  public Optional<Sweep> sweepOf(int scenario) {
    return sweeps().stream().filter(sweep -> sweep.has(scenario)).findFirst();
  }

  /** Iterations between wear reports, at least 1. */
  public long wearInterval() {
    return reports.wearInterval();
  }

  /** Whether wear reports carry the selected rows. */
  public boolean reportSelections() {
    return reports.selections();
  }

  /** Whether a scenario's crossbars hold weights that are trained. */
  public boolean trains(int scenario) {
    return training().isPresent() && training().get().trains(scenario);
  }

  /** Whether what a sparsifier selects changes weights that are trained. */
  public boolean sparsifierTrains(int sparsifier) {
    return training().isPresent()
        && training().get().scenarios().stream()
            .anyMatch(scenario -> scenarios().get(scenario).sparsifier() == sparsifier);
  }

  /** Indices of the scenarios that write what a sparsifier selects. */
  public List<Integer> scenariosOf(int sparsifier) {
    return IntStream.range(0, scenarios().size())
        .filter(scenario -> scenarios().get(scenario).sparsifier() == sparsifier)
        .boxed()
        .toList();
  }

  /** Indices of the sparsifiers that select of a layer: some scenario has it on crossbars. */
  public List<Integer> sparsifiersOf(int layer) {
    return IntStream.range(0, sparsifiers().size())
        .filter(
            sparsifier ->
                scenariosOf(sparsifier).stream()
                    .anyMatch(scenario -> !scenarios().get(scenario).isDigital(layer)))
        .boxed()
        .toList();
  }

  /** Trainings whose gradients come: 1 where they are replayed. */
  public int trainings() {
    return training().map(TrainingPlan::count).orElse(1);
  }

  /** Index of the training whose gradients a sparsifier gets. */
  public int trainingOf(int sparsifier) {
    for (int training = 1; training < trainings(); training++) {
      if (scenarios().get(training).sparsifier() == sparsifier) {
        return training;
      }
    }
    return 0;
  }

  /** Iterations begin with -1, which holds the initial weights. */
  public boolean sendsWeights() {
    return optimizer().weightDecay() != 0 || training().isPresent();
  }

  /** The sparsifier of a scenario, as the experiment has it: whose it is goes without saying. */
  public PolicyChoice sparsifierOf(ScenarioPlan scenario) {
    return sparsifiers().get(scenario.sparsifier()).forAll();
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
    return withName(nameOf(run) + (attempt == 0 ? "" : "" + ATTEMPT_MARK + attempt));
  }

  /** The same run of another name. */
  public RunPlan withName(String other) {
    return new RunPlan(other, origin, iterations, seed, gradients, layers, comparison, reports);
  }

  /** The same run, with what to know of its source. */
  public RunPlan withNotices(List<String> ofSource) {
    return from(
        new Origin(
            origin.name(), origin.createdAtMs(), origin.source(), origin.experiment(), ofSource));
  }

  /** The same run of another origin. */
  public RunPlan from(Origin other) {
    return new RunPlan(run, other, iterations, seed, gradients, layers, comparison, reports);
  }

  /** Whether another announcement is of this very run, whenever it was made, in any attempt. */
  public boolean isSameRun(RunPlan other) {
    Origin sameTime =
        new Origin(
            other.name(), createdAtMs(), other.source(), other.experiment(), other.notices());
    return asAttempt(0).equals(other.asAttempt(0).from(sameTime));
  }

  /** The same run with other policies, as many of each as it has. */
  public RunPlan with(List<PolicyChoice> otherSparsifiers, List<ScenarioPlan> otherScenarios) {
    return new RunPlan(
        run,
        origin,
        iterations,
        seed,
        gradients,
        layers,
        new Comparison(otherSparsifiers, otherScenarios, sweeps()),
        reports);
  }
}
