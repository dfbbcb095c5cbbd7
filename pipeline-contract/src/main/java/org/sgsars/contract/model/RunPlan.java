package org.sgsars.contract.model;

import java.util.List;

/**
 * Everything a service knows of a run before its first gradient.
 *
 * @param run identifies the run on every topic
 * @param name the experiment's name
 * @param createdAtMs since 1970-01-01 UTC; shown, never computed with
 * @param source where the gradients come from, for people
 * @param iterations at least 1; numbered from 0
 * @param seed of everything random in the run
 * @param optimizer the optimizer
 * @param layers the layers; records name one by its index
 * @param sparsifiers the distinct sparsifiers, in the order of the scenarios that name them first
 * @param scenarios the scenarios; records name one by its index
 * @param wearInterval iterations between wear reports, at least 1
 * @param reportSelections whether wear reports carry the selected rows
 * @param experiment the experiment file's text
 */
public record RunPlan(
    String run,
    String name,
    long createdAtMs,
    String source,
    long iterations,
    long seed,
    OptimizerSettings optimizer,
    List<LayerShape> layers,
    List<PolicyChoice> sparsifiers,
    List<ScenarioPlan> scenarios,
    long wearInterval,
    boolean reportSelections,
    String experiment) {
  public RunPlan {
    layers = List.copyOf(layers);
    sparsifiers = List.copyOf(sparsifiers);
    scenarios = List.copyOf(scenarios);
  }

  /** The sparsifier of a scenario. */
  public PolicyChoice sparsifierOf(ScenarioPlan scenario) {
    return sparsifiers.get(scenario.sparsifier());
  }
}
