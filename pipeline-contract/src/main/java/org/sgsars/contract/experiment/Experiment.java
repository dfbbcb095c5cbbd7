package org.sgsars.contract.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.ArrayShape;
import org.sgsars.contract.model.GradientFormat;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.OptimizerSettings;
import org.sgsars.contract.model.PolicyChoice;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.model.ScenarioPlan;
import org.sgsars.contract.model.Settings;
import org.sgsars.contract.policy.Policies;
import org.sgsars.contract.policy.Policy;
import org.sgsars.contract.policy.PolicyFamily;

/**
 * A checked experiment file.
 *
 * @param file as the user named it
 * @param text the file's text
 * @param name of the experiment
 * @param seed of everything random
 * @param source where the gradients come from, with its line in the file; its paths are absolute
 * @param iterations of the run, at least 1
 * @param optimizer whose steps are sparsified
 * @param weightDecayLine where the file gives the weight decay, from 1
 * @param report what the report holds
 * @param pipeline how the gradients travel
 * @param time how long iterations take
 * @param scenarios what is compared, at least one
 */
public record Experiment(
    Path file,
    String text,
    String name,
    long seed,
    Located source,
    long iterations,
    OptimizerSettings optimizer,
    int weightDecayLine,
    ReportSettings report,
    PipelineSettings pipeline,
    RunPlan.RunTime time,
    List<ScenarioChoice> scenarios) {
  private static final long WEAR_REPORTS = 100;

  public Experiment {
    scenarios = List.copyOf(scenarios);
  }

  /**
   * @param selections whether the report lists the selected rows of every iteration
   * @param interval iterations between two wear reports; empty for a hundredth of the run
   */
  public record ReportSettings(boolean selections, OptionalLong interval) {}

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
   */
  public record ScenarioChoice(
      String name,
      Located sparsifier,
      List<Located> levellers,
      int crossbarSize,
      int spareRows,
      Optional<PolicyChoice> device) {
    public ScenarioChoice {
      levellers = List.copyOf(levellers);
    }
  }

  /**
   * @param choice a policy
   * @param line where the file names it, from 1
   */
  public record Located(PolicyChoice choice, int line) {}

  /**
   * The same experiment with the iterations that a command line asks for, if it does.
   *
   * @throws ExperimentException if they are not allowed
   */
  public Experiment withIterationsOr(@Nullable Long other) throws ExperimentException {
    if (other == null) {
      return this;
    }
    if (other < 1 || other > ExperimentFile.MAX_ITERATIONS) {
      throw new ExperimentException(
          List.of(
              "--iterations: allowed: a whole number from 1 to " + ExperimentFile.MAX_ITERATIONS));
    }
    return withIterations(other);
  }

  /** The same experiment with another number of iterations. */
  public Experiment withIterations(long other) {
    return new Experiment(
        file,
        text,
        name,
        seed,
        source,
        other,
        optimizer,
        weightDecayLine,
        report,
        pipeline,
        time,
        scenarios);
  }

  /** The same experiment on another trace. */
  public Experiment withTrace(Path trace) {
    Settings path = Settings.of(Map.of("path", trace.toAbsolutePath().normalize().toString()));
    Located other = new Located(new PolicyChoice("trace", path), source.line());
    return new Experiment(
        file,
        text,
        name,
        seed,
        other,
        iterations,
        optimizer,
        weightDecayLine,
        report,
        pipeline,
        time,
        scenarios);
  }

  /** Iterations between two wear reports. */
  public long wearInterval() {
    return report.interval().orElse((iterations - 1) / WEAR_REPORTS + 1);
  }

  /** What keeps the scenarios from working on these layers; a line for each, naming its place. */
  public List<String> problemsWith(List<LayerShape> layers, Policies policies) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < scenarios.size(); i++) {
      crossLayerProblem(i, policies).ifPresent(problems::add);
      problems.addAll(deviceProblems(i, policies));
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

  private static boolean needsDevice(Located leveller, Policies policies) {
    return policies
        .find(PolicyFamily.LEVELLER, leveller.choice().kind())
        .filter(Policy::needsDevice)
        .isPresent();
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
    } else if (policies
        .find(PolicyFamily.SPARSIFIER, sparsifier.kind())
        .filter(policy -> policy.writesCells(sparsifier.settings()))
        .isPresent()) {
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

  private static Optional<String> problem(
      PolicyFamily family, Located located, ArrayShape array, Policies policies) {
    PolicyChoice choice = located.choice();
    return policies
        .find(family, choice.kind())
        .flatMap((Policy policy) -> policy.problemWith(choice.settings(), array))
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
                .find(PolicyFamily.LEVELLER, leveller.choice().kind())
                .map(p -> p.stateBits(leveller.choice().settings(), array, iterations))
                .orElse(OptionalLong.empty());
        if (state.isEmpty()) {
          return OptionalDouble.empty();
        }
        bits += state.getAsLong();
      }
    }
    return OptionalDouble.of((double) bits / rows);
  }

  /** What a sparsifier is fed back is of one scenario, so it is not shared with others. */
  private static PolicyChoice sparsifier(ScenarioChoice scenario) {
    PolicyChoice choice = scenario.sparsifier().choice();
    if (!choice.settings().has(ScenarioPlan.WEAR_FEEDBACK)) {
      return choice;
    }
    Map<String, Object> settings = new TreeMap<>(choice.settings().values());
    settings.put(ScenarioPlan.FOR_SCENARIO, scenario.name());
    return new PolicyChoice(choice.kind(), Settings.of(settings));
  }

  /** The run that this experiment is, on the layers of its source. */
  public RunPlan toPlan(
      String run,
      long createdAtMs,
      String sourceDescription,
      List<LayerShape> layers,
      Policies policies) {
    List<PolicyChoice> sparsifiers =
        scenarios.stream().map(Experiment::sparsifier).distinct().toList();
    List<ScenarioPlan> plans =
        scenarios.stream()
            .map(
                s ->
                    plan(
                        s,
                        sparsifiers.indexOf(sparsifier(s)),
                        stateBitsPerRow(s, layers, policies),
                        s.levellers().stream().anyMatch(l -> needsDevice(l, policies))))
            .toList();
    return new RunPlan(
        run,
        name,
        createdAtMs,
        sourceDescription,
        iterations,
        seed,
        optimizer,
        pipeline.wire(),
        layers,
        sparsifiers,
        plans,
        wearInterval(),
        report.selections(),
        time,
        text);
  }
}
