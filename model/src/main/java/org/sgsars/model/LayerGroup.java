package org.sgsars.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Layers of a run that have the same settings in a scenario.
 *
 * @param scenario as these layers have it, without exceptions
 * @param text which layers of which scenario, for people
 * @param layers their indices, at least one
 */
public record LayerGroup(ScenarioPlan scenario, String text, List<Integer> layers) {
  public LayerGroup {
    layers = List.copyOf(layers);
  }

  /** The layers that have the scenario's settings, if there are any, then those of exceptions. */
  public static List<LayerGroup> of(RunPlan plan, ScenarioPlan scenario) {
    List<LayerGroup> groups = new ArrayList<>();
    List<Integer> plain =
        IntStream.range(0, plan.layers().size())
            .filter(layer -> scenario.exceptions().of(layer).isEmpty())
            .boxed()
            .toList();
    if (!plain.isEmpty()) {
      groups.add(
          new LayerGroup(
              scenario.with(LayerExceptions.NONE), "scenario " + scenario.name(), plain));
    }
    groups.addAll(exceptionsOf(plan, scenario));
    return groups;
  }

  /** The layers on crossbars that have other settings than the scenario. */
  public static List<LayerGroup> exceptionsOf(RunPlan plan, ScenarioPlan scenario) {
    List<LayerGroup> groups = new ArrayList<>();
    List<LayerSettings> all = scenario.exceptions().settings();
    List<Integer> ofLayers = scenario.exceptions().ofLayers();
    for (int index = 0; index < all.size(); index++) {
      int own = index;
      List<Integer> layers =
          IntStream.range(0, plan.layers().size())
              .filter(layer -> layer < ofLayers.size() && ofLayers.get(layer) == own)
              .boxed()
              .toList();
      if (!layers.isEmpty() && !all.get(index).isDigital()) {
        groups.add(
            new LayerGroup(
                scenario.forLayer(layers.get(0)),
                "scenario %s, layers '%s'".formatted(scenario.name(), all.get(index).match()),
                layers));
      }
    }
    return groups;
  }
}
