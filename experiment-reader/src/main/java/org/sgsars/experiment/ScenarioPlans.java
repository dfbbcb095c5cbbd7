package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.sgsars.device.ColumnLending;
import org.sgsars.device.Device;
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
    ScenarioPlan plan = withLoans(withoutFacts(choice), choice.sparsifier().choice());
    List<Integer> choices = choicesOf(choice);
    List<LayerSettings> settings = new ArrayList<>();
    for (LayerSettings own : plan.exceptions().settings()) {
      settings.add(
          own.withFacts(
              leastIterations(choice, choices, settings.size(), own.levellers()),
              levelsByEndurance(own.levellers())));
    }
    return new ScenarioPlan(
        plan.name(),
        sparsifier,
        plan.levellers(),
        plan.crossbarSize(),
        plan.spareRows(),
        new ScenarioPlan.LevellerFacts(
            stateBitsPerRow(plan, iterations),
            levelsByEndurance(plan.levellers()),
            leastIterations(choice, choices, -1, plan.levellers())),
        plan.device(),
        new LayerExceptions(settings, plan.exceptions().ofLayers(), plan.exceptions().loans()));
  }

  /**
   * Layers whose failed rows are given up lend each other columns, unless somebody says no, or all
   * layers may use them anyway.
   */
  private ScenarioPlan withLoans(ScenarioPlan plan, PolicyChoice sparsifier) {
    boolean share =
        plan.retire()
            .filter(retire -> plan.crossLayer().isEmpty())
            .filter(retire -> Boolean.TRUE.equals(retire.settings().get(ScenarioPlan.SHARE)))
            .filter(
                retire -> Long.valueOf(0).equals(retire.settings().get(ScenarioPlan.COLUMN_BLOCKS)))
            .isPresent();
    Optional<Device> device = share ? Device.of(plan, policies) : Optional.empty();
    return device
        .map(of -> ColumnLending.of(plan, layers, rowsPerIteration(sparsifier), of))
        .map(loans -> plan.with(plan.exceptions().with(loans)))
        .orElse(plan);
  }

  /** For each layer the rows that an iteration writes; 1 if that may be any number. */
  private List<Long> rowsPerIteration(PolicyChoice sparsifier) {
    List<Long> written = new ArrayList<>();
    for (LayerShape layer : layers) {
      int rows = LevellerStarts.mostRows(sparsifier, layer, policies);
      written.add(rows < layer.rows() ? rows : 1L);
    }
    return written;
  }

  /** The same, as far as its levellers need not be asked what they say of themselves. */
  ScenarioPlan withoutFacts(ScenarioChoice choice) {
    ScenarioPlan plan = onNoLayers(choice);
    return choice.layers().isEmpty()
        ? plan
        : plan.with(new LayerExceptions(plan.exceptions().settings(), choicesOf(choice)));
  }

  /** The same before its layers are known: which of them have what settings is not said. */
  static ScenarioPlan onNoLayers(ScenarioChoice scenario) {
    List<LayerSettings> settings = new ArrayList<>();
    for (LayerChoice choice : scenario.layers()) {
      settings.add(
          new LayerSettings(
              choice.match(),
              choice.isDigital(),
              choice.levellers().stream().map(Located::choice).toList(),
              List.of(),
              false,
              choice.crossbar().size(),
              choice.crossbar().spareRows(),
              choice.device()));
    }
    return new ScenarioPlan(
        scenario.name(),
        0,
        scenario.levellers().stream().map(Located::choice).toList(),
        scenario.crossbar().size(),
        scenario.crossbar().spareRows(),
        ScenarioPlan.LevellerFacts.NONE,
        scenario.device(),
        new LayerExceptions(settings, List.of()));
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

  private boolean levelsByEndurance(List<PolicyChoice> levellers) {
    return levellers.stream()
        .anyMatch(
            leveller ->
                policies.has(PolicyFamily.LEVELLER, leveller.kind(), Policy::levelsByEndurance));
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
      rows += array.rowsOfBlock();
      for (PolicyChoice leveller : own.levellers()) {
        OptionalLong state = stateBits(own, leveller, array, iterations);
        if (state.isEmpty()) {
          return OptionalDouble.empty();
        }
        bits += state.getAsLong();
      }
    }
    return OptionalDouble.of((double) bits / rows);
  }

  private OptionalLong stateBits(
      ScenarioPlan own, PolicyChoice leveller, ArrayShape array, long iterations) {
    PolicyChoice asUsed = own.crossLayer().isPresent() ? inOneBlock(leveller) : leveller;
    Optional<OptionalLong> said =
        policies
            .bind(PolicyFamily.LEVELLER, asUsed)
            .map(bound -> bound.stateBits(array, iterations));
    return said.orElse(OptionalLong.empty());
  }

  /** A leveller as it is where contents change crossbars, which leaves it one block of columns. */
  private static PolicyChoice inOneBlock(PolicyChoice leveller) {
    if (!leveller.kind().equals(ScenarioPlan.RETIRE)) {
      return leveller;
    }
    Map<String, Object> settings = new TreeMap<>(leveller.settings());
    settings.put(ScenarioPlan.COLUMN_BLOCKS, 1L);
    return new PolicyChoice(leveller.kind(), settings);
  }
}
