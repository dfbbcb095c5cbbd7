package org.sgsars.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.device.SizeLimits;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.WearFeedback;

/**
 * A checked experiment file.
 *
 * @param file as the user named it
 * @param text the file's text
 * @param name of the experiment
 * @param seed of everything random
 * @param source where the gradients come from, with its line in the file; its paths are absolute
 * @param iterations of the run, at least 1; 0 if epochs are given instead
 * @param epochs of a source that trains, if they say how long the run is
 * @param optimizer whose steps are sparsified
 * @param weightDecayLine where the file gives the weight decay, from 1
 * @param report what the report holds
 * @param pipeline how the gradients travel
 * @param time how long iterations take
 * @param closedLoop which scenarios steer a source that trains
 * @param scenarios what is compared, at least one
 */
public record Experiment(
    Path file,
    String text,
    String name,
    long seed,
    Located source,
    long iterations,
    OptionalLong epochs,
    OptimizerSettings optimizer,
    int weightDecayLine,
    ReportSettings report,
    PipelineSettings pipeline,
    RunPlan.RunTime time,
    ClosedLoop closedLoop,
    List<ScenarioChoice> scenarios) {
  private static final long ACCURACY_TESTS = 20;

  private static final long WEAR_REPORTS = 100;

  public Experiment {
    scenarios = List.copyOf(scenarios);
  }

  /**
   * @param selections whether the report lists the selected rows of every iteration
   * @param interval iterations between two wear reports; empty for a hundredth of the run
   * @param accuracyInterval iterations between two tests of accuracy; empty for a twentieth
   */
  public record ReportSettings(
      boolean selections, OptionalLong interval, OptionalLong accuracyInterval) {}

  /**
   * @param each whether every scenario trains a copy of the network; otherwise one steers
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
   * One scenario.
   *
   * @param name unique in the file
   * @param sparsifier with its line in the file
   * @param levellers with their lines in the file, at least one
   * @param crossbarSize rows of one crossbar
   * @param spareRows rows that every layer's array has beyond its crossbars
   * @param device whose cells fail, if one is modelled
   * @param trainLine where the file says that it steers the training, from 1; 0 if it does not
   */
  public record ScenarioChoice(
      String name,
      Located sparsifier,
      List<Located> levellers,
      int crossbarSize,
      int spareRows,
      Optional<PolicyChoice> device,
      int trainLine) {
    public ScenarioChoice {
      levellers = List.copyOf(levellers);
    }

    boolean steers() {
      return trainLine > 0;
    }
  }

  /**
   * @param choice a policy
   * @param line where the file names it, from 1
   */
  public record Located(PolicyChoice choice, int line) {}

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
    return copy(source, other);
  }

  /** The same experiment with its epochs, if it gives any, as iterations. */
  public Experiment withEpochsOf(long iterationsPerEpoch) {
    return iterations > 0 || epochs.isEmpty()
        ? this
        : withIterations(Math.multiplyExact(epochs.getAsLong(), iterationsPerEpoch));
  }

  private Experiment copy(Located otherSource, long otherIterations) {
    return new Experiment(
        file,
        text,
        name,
        seed,
        otherSource,
        otherIterations,
        epochs,
        optimizer,
        weightDecayLine,
        report,
        pipeline,
        time,
        closedLoop,
        scenarios);
  }

  /** The same experiment on another source. */
  public Experiment withSource(PolicyChoice other) {
    return copy(new Located(other, source.line()), iterations);
  }

  /** Iterations between two wear reports. */
  public long wearInterval() {
    return report.interval().orElse((iterations - 1) / WEAR_REPORTS + 1);
  }

  /** Iterations between two tests of accuracy. */
  private long accuracyInterval() {
    return report.accuracyInterval().orElse((iterations - 1) / ACCURACY_TESTS + 1);
  }

  /**
   * What keeps the scenarios from steering a training, or from doing without one.
   *
   * @param trains whether the source trains
   */
  public List<String> problemsWithTraining(boolean trains) {
    List<String> problems = new ArrayList<>();
    List<Integer> steering = steering();
    for (int i : steering) {
      String place = "scenarios[%d].train".formatted(i);
      int line = scenarios.get(i).trainLine();
      if (!trains) {
        problems.add(at(line, place, "this source replays gradients; allowed: false"));
      } else if (closedLoop.each()) {
        problems.add(at(line, place, "closedLoop: each lets every scenario train; leave it out"));
      } else if (steering.size() > 1) {
        problems.add(
            at(line, place, "one scenario steers; mark one only, or set closedLoop: each"));
      }
    }
    if (!trains && closedLoop.line() > 0) {
      problems.add(
          at(closedLoop.line(), "closedLoop", "this source replays gradients; leave it out"));
    }
    if (trains && !closedLoop.each() && steering.isEmpty() && scenarios.size() > 1) {
      problems.add(
          at(
              source.line(),
              "source.kind",
              "no scenario steers the training; mark one by train: true, or set closedLoop: each"));
    }
    if (trains && problems.isEmpty()) {
      for (int i : trainingScenarios()) {
        crossLayerTrainingProblem(i).ifPresent(problems::add);
      }
    }
    return problems;
  }

  /** What a worn cell of another layer is stuck at is not known to this one. */
  private Optional<String> crossLayerTrainingProblem(int index) {
    ScenarioChoice scenario = scenarios.get(index);
    return scenario.levellers().stream()
        .filter(leveller -> leveller.choice().kind().equals(ScenarioPlan.CROSS_LAYER))
        .filter(leveller -> scenario.device().isPresent())
        .findFirst()
        .map(
            leveller ->
                at(
                    leveller,
                    "scenarios[" + index + "]",
                    "leveller: cross-layer moves contents onto worn cells of other layers, which a training cannot follow; choose another, or leave the device out"));
  }

  private List<Integer> steering() {
    return IntStream.range(0, scenarios.size())
        .filter(i -> scenarios.get(i).steers())
        .boxed()
        .toList();
  }

  /** The scenarios whose crossbars hold weights that are trained, where the source trains. */
  private List<Integer> trainingScenarios() {
    if (closedLoop.each()) {
      return IntStream.range(0, scenarios.size()).boxed().toList();
    }
    return scenarios.size() == 1 ? List.of(0) : steering();
  }

  /** What keeps the scenarios from working on these layers; a line for each, naming its place. */
  public List<String> problemsWith(List<LayerShape> layers, Policies policies) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < scenarios.size(); i++) {
      crossLayerProblem(i, policies).ifPresent(problems::add);
      problems.addAll(deviceProblems(i, policies));
      problems.addAll(sizeProblems(i, layers, policies));
      for (LayerShape layer : layers) {
        ScenarioChoice scenario = scenarios.get(i);
        ArrayShape array = plan(scenario, 0, OptionalDouble.empty(), false).array(layer);
        String place = "scenarios[" + i + "]";
        problem(PolicyFamily.SPARSIFIER, scenario.sparsifier(), array, policies)
            .ifPresent(problem -> problems.add(at(scenario.sparsifier(), place, problem)));
        for (Located leveller : scenario.levellers()) {
          problem(PolicyFamily.LEVELLER, leveller, array, policies)
              .ifPresent(problem -> problems.add(at(leveller, place, problem)));
        }
      }
    }
    return problems;
  }

  /** Counts and sums are exact, or the scenario is refused. */
  private List<String> sizeProblems(int index, List<LayerShape> layers, Policies policies) {
    ScenarioChoice scenario = scenarios.get(index);
    ScenarioPlan plan = plan(scenario, 0, OptionalDouble.empty(), false);
    boolean trains =
        policies.has(PolicyFamily.SOURCE, source.choice().kind(), Policy::countsEpochs);
    SizeLimits.Use use =
        SizeLimits.Use.of(
            plan,
            scenario.sparsifier().choice(),
            trains && trainingScenarios().contains(index),
            seed,
            policies);
    List<ArrayShape> arrays = layers.stream().map(plan::array).toList();
    return SizeLimits.problemsWith(arrays, use, iterations).stream()
        .map(problem -> at(scenario.sparsifier().line(), "scenarios[" + index + "]", problem))
        .toList();
  }

  private static boolean needsDevice(Located leveller, Policies policies) {
    return policies.has(PolicyFamily.LEVELLER, leveller.choice().kind(), Policy::needsDevice);
  }

  private List<String> deviceProblems(int index, Policies policies) {
    ScenarioChoice scenario = scenarios.get(index);
    List<String> problems = new ArrayList<>();
    for (Located leveller : scenario.levellers()) {
      String kind = leveller.choice().kind();
      if (scenario.device().isEmpty() && needsDevice(leveller, policies)) {
        problems.add(
            at(
                leveller,
                "scenarios[" + index + "]",
                "leveller: %s needs a device, whose cells' endurance it levels by; give one, such as device: {kind: rram-typical}"
                    .formatted(kind)));
      }
    }
    return problems;
  }

  /** Tiles can only change places where all their rows and columns count alike. */
  private Optional<String> crossLayerProblem(int index, Policies policies) {
    ScenarioChoice scenario = scenarios.get(index);
    PolicyChoice sparsifier = scenario.sparsifier().choice();
    List<Located> crossing =
        scenario.levellers().stream()
            .filter(leveller -> leveller.choice().kind().equals(ScenarioPlan.CROSS_LAYER))
            .toList();
    if (crossing.isEmpty()) {
      return Optional.empty();
    }
    String problem = "";
    if (crossing.size() > 1) {
      problem = "is there twice; one exchanges all tiles";
    } else if (scenario.spareRows() > 0) {
      problem = "exchanges whole crossbars, and spare rows belong to none; set spareRows to 0";
    } else if (SizeLimits.writesCells(sparsifier, policies)) {
      problem = "needs whole rows, and sparsifier " + sparsifier.kind() + " writes single cells";
    }
    return problem.isEmpty()
        ? Optional.empty()
        : Optional.of(
            at(crossing.get(0), "scenarios[" + index + "]", "leveller: cross-layer " + problem));
  }

  private String at(Located located, String place, String problem) {
    return "%s:%d: %s.%s".formatted(file, located.line(), place, problem);
  }

  private String at(int line, String place, String problem) {
    return "%s:%d: %s: %s".formatted(file, line, place, problem);
  }

  private static Optional<String> problem(
      PolicyFamily family, Located located, ArrayShape array, Policies policies) {
    PolicyChoice choice = located.choice();
    return policies
        .bind(family, choice)
        .flatMap(policy -> policy.problemWith(array))
        .map(problem -> family.key() + ": " + problem);
  }

  private static ScenarioPlan plan(
      ScenarioChoice choice,
      int sparsifier,
      OptionalDouble stateBitsPerRow,
      boolean levelsByEndurance) {
    return new ScenarioPlan(
        choice.name(),
        sparsifier,
        choice.levellers().stream().map(Located::choice).toList(),
        choice.crossbarSize(),
        choice.spareRows(),
        stateBitsPerRow,
        levelsByEndurance,
        choice.device());
  }

  /** Bits of levelling state over physical rows, of the whole network. */
  private OptionalDouble stateBitsPerRow(
      ScenarioChoice choice, List<LayerShape> layers, Policies policies) {
    long bits = 0;
    long rows = 0;
    for (LayerShape layer : layers) {
      ArrayShape array = plan(choice, 0, OptionalDouble.empty(), false).array(layer);
      rows += array.physicalRows();
      for (Located leveller : choice.levellers()) {
        OptionalLong state =
            policies
                .bind(PolicyFamily.LEVELLER, leveller.choice())
                .map(bound -> bound.stateBits(array, iterations))
                .orElse(OptionalLong.empty());
        if (state.isEmpty()) {
          return OptionalDouble.empty();
        }
        bits += state.getAsLong();
      }
    }
    return OptionalDouble.of((double) bits / rows);
  }

  private static List<Long> leastIterations(
      ScenarioChoice choice, List<LayerShape> layers, Policies policies) {
    return new LevellerStarts(choice.sparsifier().choice(), layers, policies)
        .of(choice.levellers().stream().map(Located::choice).toList());
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
    List<PolicyChoice> sparsifiers = scenarios.stream().map(this::sparsifier).distinct().toList();
    List<ScenarioPlan> plans =
        scenarios.stream()
            .map(
                s ->
                    plan(
                            s,
                            sparsifiers.indexOf(sparsifier(s)),
                            stateBitsPerRow(s, layers, policies),
                            s.levellers().stream().anyMatch(l -> needsDevice(l, policies)))
                        .withLeastIterations(leastIterations(s, layers, policies)))
            .toList();
    return new RunPlan(
        run,
        name,
        createdAtMs,
        sourceDescription,
        iterations,
        seed,
        trains ? optimizer.withoutWeightDecay() : optimizer,
        pipeline.wire(),
        layers,
        sparsifiers,
        plans,
        wearInterval(),
        report.selections(),
        time,
        trains
            ? Optional.of(new TrainingPlan(trainingScenarios(), accuracyInterval()))
            : Optional.empty(),
        text);
  }
}
