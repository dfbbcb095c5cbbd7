package org.sgsars.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Sweep;
import org.sgsars.model.TrainingPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.WearFeedback;

/**
 * A checked experiment file.
 *
 * @param origin the file
 * @param seed of everything random
 * @param input where the gradients come from
 * @param length of the run
 * @param steps what is sparsified
 * @param settings of reports and of the pipeline
 * @param closedLoop which scenarios steer a source that trains
 * @param compared what is compared
 */
public record Experiment(
    Origin origin,
    long seed,
    Input input,
    Length length,
    Steps steps,
    RunSettings settings,
    ClosedLoop closedLoop,
    Compared compared) {
  private static final long ACCURACY_TESTS = 20;

  private static final long WEAR_REPORTS = 100;

  /**
   * @param file as the user named it
   * @param text the file's text
   * @param name of the experiment
   * @param filesRead other files whose content has become settings, such as a table of measured
   *     cells; a source's files are not among them
   */
  public record Origin(Path file, String text, String name, List<Path> filesRead) {
    public Origin {
      filesRead = List.copyOf(filesRead);
    }
  }

  /**
   * @param source where the gradients come from, with its line in the file; its paths are absolute
   * @param layers what the file says of the source's layers; of several that match one the first
   *     counts
   */
  public record Input(Located source, List<LayerRule> layers) {
    public Input {
      layers = List.copyOf(layers);
    }
  }

  /**
   * @param iterations of the run, at least 1; 0 if epochs are given instead
   * @param epochs of a source that trains, if they say how long the run is
   * @param time how long iterations take
   */
  public record Length(long iterations, OptionalLong epochs, RunPlan.IterationTime time) {}

  /**
   * @param optimizer whose steps are sparsified
   * @param weightDecayLine where the file gives the weight decay, from 1
   */
  public record Steps(OptimizerSettings optimizer, int weightDecayLine) {}

  /**
   * @param report what the report holds
   * @param pipeline how the gradients travel
   */
  public record RunSettings(ReportSettings report, PipelineSettings pipeline) {}

  /**
   * @param selections whether the report lists the selected rows of every iteration
   * @param interval iterations between two wear reports; empty for a hundredth of the run
   * @param accuracyInterval iterations between two tests of accuracy; empty for a twentieth
   */
  public record ReportSettings(
      boolean selections, OptionalLong interval, OptionalLong accuracyInterval) {}

  /**
   * @param each whether every scenario has a training of its own; otherwise one steers
   * @param line where the file says so, from 1; 0 if it does not
   */
  public record ClosedLoop(boolean each, int line) {}

  /**
   * @param chunkBytes most bytes of gradient in one record
   * @param maxLead most iterations the producer may be ahead of the slowest consumer; empty for a
   *     number that fits the size of the gradients
   * @param wire what gradients are on the wire
   */
  public record PipelineSettings(int chunkBytes, OptionalLong maxLead, GradientFormat wire) {}

  /**
   * @param size rows of one crossbar
   * @param spareRows rows that every layer's array has beyond its crossbars
   */
  public record Crossbar(int size, int spareRows) {}

  /**
   * One scenario.
   *
   * @param name unique in the experiment
   * @param entry index in the file's list of scenarios, from 0; scenarios of a sweep have the same
   * @param sparsifier with its line in the file
   * @param levellers with their lines in the file, at least one
   * @param crossbar its crossbars
   * @param device whose cells fail, if one is modelled
   * @param trainLine where the file says that it steers the training, from 1; 0 if it does not
   * @param layers what some layers have otherwise; of several that match one the first counts
   */
  public record ScenarioChoice(
      String name,
      int entry,
      Located sparsifier,
      List<Located> levellers,
      Crossbar crossbar,
      Optional<PolicyChoice> device,
      int trainLine,
      List<LayerChoice> layers) {
    public ScenarioChoice {
      levellers = List.copyOf(levellers);
      layers = List.copyOf(layers);
    }

    /** Where the file has it, such as {@code scenarios[2]}. */
    public String place() {
      return "scenarios[" + entry + "]";
    }

    boolean steers() {
      return trainLine > 0;
    }
  }

  /**
   * What some layers of a scenario have; what the file does not say of them is the scenario's.
   *
   * @param match a pattern of layers' names
   * @param line where the file names it, from 1
   * @param isDigital whether they do not lie on crossbars in this scenario
   * @param levellers at least one
   * @param crossbar their crossbars
   * @param device whose cells fail, if one is modelled
   */
  public record LayerChoice(
      String match,
      int line,
      boolean isDigital,
      List<Located> levellers,
      Crossbar crossbar,
      Optional<PolicyChoice> device) {
    public LayerChoice {
      levellers = List.copyOf(levellers);
    }
  }

  /**
   * @param scenarios at least one
   * @param sweeps which of them come from settings with several values
   */
  public record Compared(List<ScenarioChoice> scenarios, List<Sweep> sweeps) {
    public Compared {
      scenarios = List.copyOf(scenarios);
      sweeps = List.copyOf(sweeps);
    }
  }

  /**
   * @param choice a policy
   * @param line where the file names it, from 1
   */
  public record Located(PolicyChoice choice, int line) {}

  /** The file, as the user named it. */
  public Path file() {
    return origin.file();
  }

  /** The file's text. */
  public String text() {
    return origin.text();
  }

  /** The experiment's name. */
  public String name() {
    return origin.name();
  }

  /** Where the gradients come from, with its line in the file; its paths are absolute. */
  public Located source() {
    return input.source();
  }

  /** What the file says of the source's layers; of several that match one the first counts. */
  public List<LayerRule> layers() {
    return input.layers();
  }

  /** Of the run, at least 1; 0 if epochs are given instead. */
  public long iterations() {
    return length.iterations();
  }

  /** Of a source that trains, if they say how long the run is. */
  public OptionalLong epochs() {
    return length.epochs();
  }

  /** How long iterations take. */
  public RunPlan.IterationTime time() {
    return length.time();
  }

  /** Whose steps are sparsified. */
  public OptimizerSettings optimizer() {
    return steps.optimizer();
  }

  /** Where the file gives the weight decay, from 1. */
  public int weightDecayLine() {
    return steps.weightDecayLine();
  }

  /** What the report holds. */
  public ReportSettings report() {
    return settings.report();
  }

  /** What is compared, at least one. */
  public List<ScenarioChoice> scenarios() {
    return compared.scenarios();
  }

  /** Scenarios that come from settings with several values. */
  public List<Sweep> sweeps() {
    return compared.sweeps();
  }

  /** How the gradients travel. */
  public PipelineSettings pipeline() {
    return settings.pipeline();
  }

  /**
   * The same experiment with the iterations that a command line or a setting asks for, if it does.
   *
   * @param name of the option or setting
   * @throws ExperimentException if they are not allowed
   */
  public Experiment withIterationsOr(@Nullable Long other, String name) throws ExperimentException {
    if (other == null) {
      return this;
    }
    if (other < 1 || other > ExperimentFile.MAX_ITERATIONS) {
      throw new ExperimentException(
          List.of(
              "%s: %s is not allowed; allowed: a whole number from 1 to %s"
                  .formatted(
                      name, other.toString(), Long.toString(ExperimentFile.MAX_ITERATIONS))));
    }
    return withIterations(other);
  }

  /** The same experiment with another number of iterations. */
  public Experiment withIterations(long other) {
    return copy(input, other);
  }

  /** The same experiment with its epochs, if it gives any, as iterations. */
  public Experiment withEpochsOf(long iterationsPerEpoch) {
    return iterations() > 0 || epochs().isEmpty()
        ? this
        : withIterations(Math.multiplyExact(epochs().getAsLong(), iterationsPerEpoch));
  }

  private Experiment copy(Input otherInput, long otherIterations) {
    return new Experiment(
        origin,
        seed,
        otherInput,
        new Length(otherIterations, epochs(), time()),
        steps,
        settings,
        closedLoop,
        compared);
  }

  /** The same experiment on another source. */
  public Experiment withSource(PolicyChoice other) {
    return copy(new Input(new Located(other, source().line()), layers()), iterations());
  }

  /** Iterations between two wear reports. */
  public long wearInterval() {
    return report().interval().orElse((iterations() - 1) / WEAR_REPORTS + 1);
  }

  /** Iterations between two tests of accuracy. */
  private long accuracyInterval(Policies policies) {
    boolean isElsewhere =
        policies.has(PolicyFamily.SOURCE, source().choice().kind(), Policy::trainsElsewhere);
    return isElsewhere
        ? 0
        : report().accuracyInterval().orElse((iterations() - 1) / ACCURACY_TESTS + 1);
  }

  /**
   * What keeps the scenarios from steering a training, or from doing without one.
   *
   * @param trains whether the source trains
   */
  public List<String> problemsWithTraining(boolean trains, Policies policies) {
    return new ExperimentProblems(this).withTraining(trains, policies);
  }

  /** What keeps the scenarios from working on these layers; a line for each, naming its place. */
  public List<String> problemsWith(List<LayerShape> layers, Policies policies) {
    return new ExperimentProblems(this).withLayers(layers, policies);
  }

  /** The scenarios that say they steer a training. */
  List<Integer> steering() {
    return IntStream.range(0, scenarios().size())
        .filter(i -> scenarios().get(i).steers())
        .boxed()
        .toList();
  }

  /** The scenarios whose crossbars hold weights that are trained, where the source trains. */
  List<Integer> trainingScenarios() {
    if (closedLoop.each()) {
      return IntStream.range(0, scenarios().size()).boxed().toList();
    }
    return scenarios().size() == 1 ? List.of(0) : steering();
  }

  /**
   * What a sparsifier is fed back is of one scenario, so it is not shared with others; and what it
   * is given, where each scenario trains.
   */
  private PolicyChoice sparsifier(ScenarioChoice scenario) {
    PolicyChoice choice = scenario.sparsifier().choice();
    if (WearFeedback.interval(choice).isEmpty() && !closedLoop.each()) {
      return choice;
    }
    return choice.forScenario(scenario.name());
  }

  /**
   * The run that this experiment is, on the layers of its source.
   *
   * @param trains whether the source trains, with weight decay and all
   */
  public RunPlan toPlan(
      String run,
      long createdAtMs,
      String sourceDescription,
      List<LayerShape> layers,
      boolean trains,
      Policies policies) {
    List<PolicyChoice> sparsifiers = scenarios().stream().map(this::sparsifier).distinct().toList();
    ScenarioPlans ofLayers = new ScenarioPlans(layers, policies);
    List<ScenarioPlan> plans =
        scenarios().stream()
            .map(s -> ofLayers.of(s, sparsifiers.indexOf(sparsifier(s)), iterations()))
            .toList();
    return new RunPlan(
        run,
        new RunPlan.Origin(name(), createdAtMs, sourceDescription, text(), List.of()),
        iterations(),
        seed,
        new RunPlan.GradientPlan(
            trains ? optimizer().withoutWeightDecay() : optimizer(),
            pipeline().wire(),
            time(),
            trains
                ? Optional.of(new TrainingPlan(trainingScenarios(), accuracyInterval(policies)))
                : Optional.empty()),
        layers,
        new RunPlan.Comparison(sparsifiers, plans, sweeps()),
        new RunPlan.ReportPlan(wearInterval(), report().selections()));
  }
}
