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
  List<String> withTraining(boolean trains, Policies policies) {
    List<String> problems = new ArrayList<>();
    List<Integer> steering = experiment.steering();
    for (int i : steering) {
      String place = place(i) + ".train";
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
        problems.addAll(message(i, rules(i).ofTraining(policies)));
      }
    }
    return problems;
  }

  /** What keeps the scenarios from working on these layers; a line for each, naming its place. */
  List<String> withLayers(List<LayerShape> layers, Policies policies) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < experiment.scenarios().size(); i++) {
      ScenarioRules rules = rules(i);
      problems.addAll(message(i, rules.ofCrossLayer(policies).stream().toList()));
      problems.addAll(message(i, rules.ofTests()));
      List<String> ofLayers = layerProblems(i, layers, policies);
      problems.addAll(ofLayers);
      problems.addAll(message(i, rules.ofMissingDevices(policies)));
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
    String place = place(index);
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
    ScenarioPlans plans = new ScenarioPlans(layers, policies);
    List<Integer> choices = plans.choicesOf(scenario);
    for (int i = 0; i < scenario.layers().size(); i++) {
      if (!choices.contains(i)) {
        problems.add(noneMatches(scenario.layers().get(i), layers, index, i));
      }
    }
    problems.addAll(message(index, rules(index).ofLayers()));
    ScenarioRules.ofAllDigital(plans.withoutFacts(scenario), layers.size())
        .ifPresent(problem -> problems.add(message(index, problem)));
    return problems;
  }

  private String noneMatches(LayerChoice choice, List<LayerShape> layers, int index, int at) {
    boolean matches = layers.stream().anyMatch(layer -> Glob.matches(choice.match(), layer.name()));
    return at(
        choice.line(),
        "%s.layers[%d].match".formatted(place(index), at),
        matches
            ? "'%s' matches only layers that one before it matches".formatted(choice.match())
            : "'%s' matches no layer; there are %s"
                .formatted(
                    choice.match(), Names.of(layers.stream().map(LayerShape::name).toList())));
  }

  private ScenarioRules rules(int index) {
    ScenarioChoice scenario = experiment.scenarios().get(index);
    return new ScenarioRules(ScenarioPlans.onNoLayers(scenario), scenario.sparsifier().choice());
  }

  private List<String> message(int index, List<ScenarioRules.Problem> problems) {
    return problems.stream().map(problem -> message(index, problem)).toList();
  }

  /** A rule's problem with its place in the file. */
  private String message(int index, ScenarioRules.Problem problem) {
    ScenarioChoice scenario = experiment.scenarios().get(index);
    String place = place(index);
    boolean isOfScenario = problem.settings() == ScenarioRules.OF_SCENARIO;
    if (problem.isOfLeveller()) {
      List<Located> levellers =
          isOfScenario
              ? scenario.levellers()
              : scenario.layers().get(problem.settings()).levellers();
      return at(levellers.get(problem.leveller()), place, problem.key() + ": " + problem.text());
    }
    if (!isOfScenario) {
      place += ".layers[%d]".formatted(problem.settings());
    }
    return at(
        scenario.layers().get(Math.max(0, problem.settings())).line(),
        problem.key().isEmpty() ? place : place + "." + problem.key(),
        problem.text());
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
        .map(problem -> at(scenario.sparsifier().line(), place(index), problem))
        .toList();
  }

  /** Where the file has a scenario. */
  private String place(int index) {
    return experiment.scenarios().get(index).place();
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
