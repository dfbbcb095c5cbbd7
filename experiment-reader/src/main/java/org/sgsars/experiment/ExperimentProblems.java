package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sgsars.device.SizeLimits;
import org.sgsars.experiment.Experiment.LayerChoice;
import org.sgsars.experiment.Experiment.Located;
import org.sgsars.experiment.Experiment.ScenarioChoice;
import org.sgsars.mapping.Glob;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Names;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.WearFeedback;

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
        digitalTrainingProblem(i).ifPresent(problems::add);
        crossLayerTrainingProblem(i).ifPresent(problems::add);
      }
    }
    return problems;
  }

  /** A training programs its weights into cells. */
  private Optional<String> digitalTrainingProblem(int index) {
    List<LayerChoice> layers = experiment.scenarios().get(index).layers();
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i).isDigital()) {
        return Optional.of(
            at(
                layers.get(i).line(),
                "scenarios[%d].layers[%d].on".formatted(index, i),
                "a network trains on the crossbars of all its layers; allowed: nothing"));
      }
    }
    return Optional.empty();
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
      List<String> ofLayers = layerProblems(i, layers, policies);
      problems.addAll(ofLayers);
      problems.addAll(deviceProblems(i, policies));
      if (ofLayers.isEmpty()) {
        problems.addAll(sizeProblems(i, layers, policies));
        problems.addAll(arrayProblems(i, layers, policies));
      }
    }
    return problems;
  }

  private List<String> arrayProblems(int index, List<LayerShape> layers, Policies policies) {
    List<String> problems = new ArrayList<>();
    ScenarioChoice scenario = experiment.scenarios().get(index);
    String place = "scenarios[" + index + "]";
    ScenarioPlans plans = new ScenarioPlans(layers, policies);
    ScenarioPlan plan = plans.withoutFacts(scenario);
    List<Integer> choices = plans.choicesOf(scenario);
    for (int layer = 0; layer < layers.size(); layer++) {
      if (plan.isDigital(layer)) {
        continue;
      }
      ArrayShape array = plan.forLayer(layer).array(layers.get(layer));
      problem(PolicyFamily.SPARSIFIER, scenario.sparsifier(), array, policies)
          .ifPresent(problem -> problems.add(at(scenario.sparsifier(), place, problem)));
      List<Located> levellers =
          choices.get(layer) < 0
              ? scenario.levellers()
              : scenario.layers().get(choices.get(layer)).levellers();
      for (Located leveller : levellers) {
        problem(PolicyFamily.LEVELLER, leveller, array, policies)
            .ifPresent(problem -> problems.add(at(leveller, place, problem)));
      }
    }
    return problems;
  }

  /** What keeps layers from settings of their own. */
  private List<String> layerProblems(int index, List<LayerShape> layers, Policies policies) {
    List<String> problems = new ArrayList<>();
    ScenarioChoice scenario = experiment.scenarios().get(index);
    List<Integer> choices = new ScenarioPlans(layers, policies).choicesOf(scenario);
    List<LayerChoice> own = scenario.layers();
    boolean crosses =
        ScenarioPlans.allLevellers(scenario)
            .anyMatch(leveller -> leveller.choice().kind().equals(ScenarioPlan.CROSS_LAYER));
    for (int i = 0; i < own.size(); i++) {
      LayerChoice choice = own.get(i);
      String place = "scenarios[%d].layers[%d]".formatted(index, i);
      if (!choices.contains(i)) {
        boolean matches =
            layers.stream().anyMatch(layer -> Glob.matches(choice.match(), layer.name()));
        problems.add(
            at(
                choice.line(),
                place + ".match",
                matches
                    ? "'%s' matches only layers that one before it matches"
                        .formatted(choice.match())
                    : "'%s' matches no layer; there are %s"
                        .formatted(
                            choice.match(),
                            Names.of(layers.stream().map(LayerShape::name).toList()))));
      }
      if (crosses) {
        problems.add(
            at(
                choice.line(),
                place,
                "cross-layer exchanges the crossbars of all layers, which have to be alike; leave one of both out"));
      }
      if (choice.isDigital() && WearFeedback.interval(scenario.sparsifier().choice()).isPresent()) {
        problems.add(
            at(
                choice.line(),
                place + ".on",
                "the sparsifier waits for the wear of every layer; take wearFeedback out, or put the layer on crossbars"));
      }
    }
    boolean isNoneLeft =
        choices.stream().allMatch(choice -> choice >= 0 && own.get(choice).isDigital());
    if (isNoneLeft) {
      problems.add(
          at(
              own.get(0).line(),
              "scenarios[%d].layers".formatted(index),
              "all layers are digital; leave at least one on crossbars"));
    }
    return problems;
  }

  /** Counts and sums are exact, or the scenario is refused. */
  private List<String> sizeProblems(int index, List<LayerShape> layers, Policies policies) {
    ScenarioChoice scenario = experiment.scenarios().get(index);
    ScenarioPlan plan = new ScenarioPlans(layers, policies).withoutFacts(scenario);
    boolean trains =
        policies.has(
            PolicyFamily.SOURCE, experiment.source().choice().kind(), Policy::countsEpochs);
    return SizeLimits.problemsWith(
            plan,
            layers,
            of ->
                SizeLimits.Use.of(
                    of,
                    scenario.sparsifier().choice(),
                    trains && experiment.trainingScenarios().contains(index),
                    experiment.seed(),
                    policies),
            experiment.iterations())
        .stream()
        .map(problem -> at(scenario.sparsifier().line(), "scenarios[" + index + "]", problem))
        .toList();
  }

  private List<String> deviceProblems(int index, Policies policies) {
    ScenarioChoice scenario = experiment.scenarios().get(index);
    List<String> problems = new ArrayList<>();
    for (Located leveller : ScenarioPlans.allLevellers(scenario).toList()) {
      String kind = leveller.choice().kind();
      if (scenario.device().isEmpty() && ScenarioPlans.needsDevice(leveller, policies)) {
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
