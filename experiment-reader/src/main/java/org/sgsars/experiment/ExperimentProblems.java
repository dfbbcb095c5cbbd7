package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sgsars.device.SizeLimits;
import org.sgsars.experiment.Experiment.Located;
import org.sgsars.experiment.Experiment.ScenarioChoice;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** Finds what keeps an experiment's scenarios from its source and layers, as lines for people. */
final class ExperimentProblems {
  private final Experiment experiment;

  ExperimentProblems(Experiment experiment) {
    this.experiment = experiment;
  }

  /**
   * What keeps the scenarios from steering a training, or from doing without one.
   *
   * @param trains whether the source trains
   */
  List<String> withTraining(boolean trains) {
    List<String> problems = new ArrayList<>();
    List<Integer> steering = experiment.steering();
    for (int i : steering) {
      String place = "scenarios[%d].train".formatted(i);
      int line = experiment.scenarios().get(i).trainLine();
      if (!trains) {
        problems.add(at(line, place, "this source replays gradients; allowed: false"));
      } else if (experiment.closedLoop().each()) {
        problems.add(at(line, place, "closedLoop: each lets every scenario train; leave it out"));
      } else if (steering.size() > 1) {
        problems.add(
            at(line, place, "one scenario steers; mark one only, or set closedLoop: each"));
      }
    }
    if (!trains && experiment.closedLoop().line() > 0) {
      problems.add(
          at(
              experiment.closedLoop().line(),
              "closedLoop",
              "this source replays gradients; leave it out"));
    }
    if (trains
        && !experiment.closedLoop().each()
        && steering.isEmpty()
        && experiment.scenarios().size() > 1) {
      problems.add(
          at(
              experiment.source().line(),
              "source.kind",
              "no scenario steers the training; mark one by train: true, or set closedLoop: each"));
    }
    if (trains && problems.isEmpty()) {
      for (int i : experiment.trainingScenarios()) {
        crossLayerTrainingProblem(i).ifPresent(problems::add);
      }
    }
    return problems;
  }

  /** What a worn cell of another layer is stuck at is not known to this one. */
  private Optional<String> crossLayerTrainingProblem(int index) {
    ScenarioChoice scenario = experiment.scenarios().get(index);
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

  /** What keeps the scenarios from working on these layers; a line for each, naming its place. */
  List<String> withLayers(List<LayerShape> layers, Policies policies) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < experiment.scenarios().size(); i++) {
      crossLayerProblem(i, policies).ifPresent(problems::add);
      problems.addAll(deviceProblems(i, policies));
      problems.addAll(sizeProblems(i, layers, policies));
      for (LayerShape layer : layers) {
        ScenarioChoice scenario = experiment.scenarios().get(i);
        ArrayShape array = Experiment.plan(scenario, 0, OptionalDouble.empty(), false).array(layer);
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
    ScenarioChoice scenario = experiment.scenarios().get(index);
    ScenarioPlan plan = Experiment.plan(scenario, 0, OptionalDouble.empty(), false);
    boolean trains =
        policies.has(
            PolicyFamily.SOURCE, experiment.source().choice().kind(), Policy::countsEpochs);
    SizeLimits.Use use =
        SizeLimits.Use.of(
            plan,
            scenario.sparsifier().choice(),
            trains && experiment.trainingScenarios().contains(index),
            experiment.seed(),
            policies);
    List<ArrayShape> arrays = layers.stream().map(plan::array).toList();
    return SizeLimits.problemsWith(arrays, use, experiment.iterations()).stream()
        .map(problem -> at(scenario.sparsifier().line(), "scenarios[" + index + "]", problem))
        .toList();
  }

  private List<String> deviceProblems(int index, Policies policies) {
    ScenarioChoice scenario = experiment.scenarios().get(index);
    List<String> problems = new ArrayList<>();
    for (Located leveller : scenario.levellers()) {
      String kind = leveller.choice().kind();
      if (scenario.device().isEmpty() && Experiment.needsDevice(leveller, policies)) {
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
    ScenarioChoice scenario = experiment.scenarios().get(index);
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
    return "%s:%d: %s.%s".formatted(experiment.file(), located.line(), place, problem);
  }

  private String at(int line, String place, String problem) {
    return "%s:%d: %s: %s".formatted(experiment.file(), line, place, problem);
  }

  private static Optional<String> problem(
      PolicyFamily family, Located located, ArrayShape array, Policies policies) {
    PolicyChoice choice = located.choice();
    return policies
        .bind(family, choice)
        .flatMap(policy -> policy.problemWith(array))
        .map(problem -> family.key() + ": " + problem);
  }
}
