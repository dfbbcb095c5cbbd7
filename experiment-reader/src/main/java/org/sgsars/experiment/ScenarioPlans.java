package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sgsars.experiment.Experiment.LayerChoice;
import org.sgsars.experiment.Experiment.Located;
import org.sgsars.experiment.Experiment.ScenarioChoice;
import org.sgsars.mapping.Glob;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerExceptions;
import org.sgsars.model.LayerSettings;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** Makes plans of an experiment's scenarios, on the layers of its source. */
final class ScenarioPlans {
  private final List<LayerShape> layers;
  private final Policies policies;

  ScenarioPlans(List<LayerShape> layers, Policies policies) {
    this.layers = layers;
    this.policies = policies;
  }

  /**
   * A scenario's plan.
   *
   * @param sparsifier its index among those of the run
   * @param iterations of the run
   */
  ScenarioPlan of(ScenarioChoice choice, int sparsifier, long iterations) {
    boolean levelsByEndurance =
        allLevellers(choice).anyMatch(leveller -> needsDevice(leveller, policies));
    ScenarioPlan plan = withoutFacts(choice);
    return new ScenarioPlan(
        plan.name(),
        sparsifier,
        plan.levellers(),
        plan.crossbarSize(),
        plan.spareRows(),
        new ScenarioPlan.LevellerFacts(
            stateBitsPerRow(plan, iterations),
            levelsByEndurance,
            leastIterations(choice, choicesOf(choice), -1, plan.levellers())),
        plan.device(),
        plan.exceptions());
  }

  /** The same, as far as its levellers need not be asked what they say of themselves. */
  ScenarioPlan withoutFacts(ScenarioChoice choice) {
    return new ScenarioPlan(
        choice.name(),
        0,
        choice.levellers().stream().map(Located::choice).toList(),
        choice.crossbarSize(),
        choice.spareRows(),
        ScenarioPlan.LevellerFacts.NONE,
        choice.device(),
        exceptions(choice));
  }

  /**
   * For each layer the index among the scenario's choices for layers of the first that matches it;
   * -1 for none.
   */
  List<Integer> choicesOf(ScenarioChoice scenario) {
    return layers.stream()
        .map(
            layer ->
                IntStream.range(0, scenario.layers().size())
                    .filter(i -> Glob.matches(scenario.layers().get(i).match(), layer.name()))
                    .findFirst()
                    .orElse(-1))
        .toList();
  }

  /** The levellers of a scenario, and those that only some layers have. */
  static Stream<Located> allLevellers(ScenarioChoice scenario) {
    return Stream.concat(
        scenario.levellers().stream(),
        scenario.layers().stream().flatMap(own -> own.levellers().stream()));
  }

  static boolean needsDevice(Located leveller, Policies policies) {
    return policies.has(PolicyFamily.LEVELLER, leveller.choice().kind(), Policy::needsDevice);
  }

  private LayerExceptions exceptions(ScenarioChoice scenario) {
    if (scenario.layers().isEmpty()) {
      return LayerExceptions.NONE;
    }
    List<Integer> choices = choicesOf(scenario);
    List<LayerSettings> settings = new ArrayList<>();
    for (int i = 0; i < scenario.layers().size(); i++) {
      LayerChoice choice = scenario.layers().get(i);
      List<PolicyChoice> levellers = choice.levellers().stream().map(Located::choice).toList();
      settings.add(
          new LayerSettings(
              choice.match(),
              choice.isDigital(),
              levellers,
              leastIterations(scenario, choices, i, levellers),
              choice.crossbarSize(),
              choice.spareRows(),
              choice.device()));
    }
    return new LayerExceptions(settings, choices);
  }

  /**
   * @param choices of the layers, see {@link #choicesOf}
   * @param choice index of the choice whose layers count, -1 for those that have none
   */
  private List<Long> leastIterations(
      ScenarioChoice scenario, List<Integer> choices, int choice, List<PolicyChoice> levellers) {
    List<LayerShape> own =
        IntStream.range(0, layers.size())
            .filter(layer -> choices.get(layer) == choice)
            .mapToObj(layers::get)
            .toList();
    return new LevellerStarts(scenario.sparsifier().choice(), own, policies).of(levellers);
  }

  /** Bits of levelling state over physical rows, of the whole network. */
  private OptionalDouble stateBitsPerRow(ScenarioPlan plan, long iterations) {
    long bits = 0;
    long rows = 0;
    for (int layer = 0; layer < layers.size(); layer++) {
      if (plan.isDigital(layer)) {
        continue;
      }
      ScenarioPlan own = plan.forLayer(layer);
      ArrayShape array = own.array(layers.get(layer));
      rows += array.physicalRows();
      for (PolicyChoice leveller : own.levellers()) {
        OptionalLong state = stateBits(leveller, array, iterations);
        if (state.isEmpty()) {
          return OptionalDouble.empty();
        }
        bits += state.getAsLong();
      }
    }
    return OptionalDouble.of((double) bits / rows);
  }

  private OptionalLong stateBits(PolicyChoice leveller, ArrayShape array, long iterations) {
    Optional<OptionalLong> said =
        policies
            .bind(PolicyFamily.LEVELLER, leveller)
            .map(bound -> bound.stateBits(array, iterations));
    return said.orElse(OptionalLong.empty());
  }
}
