package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.model.LayerGroup;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunNotices;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;

/**
 * What to know in reading a run's numbers that its wear shows, of the scenarios that came to the
 * run's end: before, what has not happened may still come.
 */
final class WearFindings {
  private final RunPlan plan;
  private final List<List<LayerWear>> wear;
  private final List<ScenarioLifetime> lifetimes;

  private WearFindings(RunPlan plan, List<List<LayerWear>> wear, List<ScenarioLifetime> lifetimes) {
    this.plan = plan;
    this.wear = wear;
    this.lifetimes = lifetimes;
  }

  /**
   * @param wear by scenario and layer
   * @param lifetimes by scenario
   * @return a sentence each, for people
   */
  static List<String> of(
      RunPlan plan, List<List<LayerWear>> wear, List<ScenarioLifetime> lifetimes) {
    WearFindings findings = new WearFindings(plan, wear, lifetimes);
    List<Integer> ended =
        IntStream.range(0, wear.size()).filter(findings::isAtTheEnd).boxed().toList();
    List<String> all = new ArrayList<>();
    ended.forEach(scenario -> findings.idleLevellers(scenario, all));
    ended.forEach(scenario -> findings.costlyLevellers(scenario, all));
    ended.forEach(scenario -> findings.lossesNotProjected(scenario, all));
    findings.boundsOutOfReach(ended, all);
    return List.copyOf(all);
  }

  private boolean isAtTheEnd(int scenario) {
    return wear.get(scenario).stream().allMatch(layer -> layer.iterations() == plan.iterations());
  }

  /** Levellers that could have acted by their settings, and did not. */
  private void idleLevellers(int index, List<String> all) {
    for (LayerGroup group : LayerGroup.of(plan, plan.scenarios().get(index))) {
      idleLevellers(index, group, all);
    }
  }

  private void idleLevellers(int index, LayerGroup group, List<String> all) {
    ScenarioPlan scenario = group.scenario();
    List<PolicyChoice> levellers =
        IntStream.range(0, scenario.levellers().size())
            .filter(leveller -> !RunNotices.neverActs(plan, scenario, leveller))
            .mapToObj(scenario.levellers()::get)
            .filter(leveller -> !leveller.kind().equals(ScenarioPlan.NO_LEVELLER))
            .toList();
    boolean isIdle =
        group.layers().stream().map(wear.get(index)::get).allMatch(LayerWear::movedNoRow);
    if (levellers.isEmpty() || !isIdle) {
      return;
    }
    all.add(
        "%s: %s %s never acted: no row was moved in %d iterations"
            .formatted(
                group.text(),
                levellers.size() == 1 ? "leveller" : "levellers",
                levellers.stream().map(PolicyChoice::toString).collect(Collectors.joining(" and ")),
                plan.iterations()));
  }

  /** Levelling that writes whole rows, and so more cells than updates of single cells do. */
  private void costlyLevellers(int index, List<String> all) {
    ScenarioLifetime lifetime = lifetimes.get(index);
    double overhead = lifetime.overhead().orElse(0);
    if (overhead > 1 && wear.get(index).stream().anyMatch(LayerWear::writesSingleCells)) {
      all.add(
          String.format(
              Locale.ROOT,
              "scenario %s: levelling wrote %.1f times as many cells as the updates: these write single cells, and moving a row writes all of them; a leveller that moves rows less often wears them less",
              lifetime.name(),
              overhead));
    }
  }

  /** Layers that have not lost a weight, and of which nobody can say when they will. */
  private void lossesNotProjected(int scenario, List<String> all) {
    ScenarioPlan of = plan.scenarios().get(scenario);
    if (lifetimes.get(scenario).onDevice().isEmpty()) {
      return;
    }
    if (of.retire().isPresent() && of.crossLayer().isPresent()) {
      if (wear.get(scenario).stream().allMatch(layer -> layer.firstLoss().isEmpty())) {
        all.add(
            "scenario %s: its first loss is not projected: rows are given up, and contents change crossbars"
                .formatted(of.name()));
      }
      return;
    }
    for (LayerWear layer : wear.get(scenario)) {
      if (!layer.isDigital() && layer.firstLoss().isEmpty()) {
        FirstLosses.obstacle(of, layer)
            .ifPresent(
                why ->
                    all.add(
                        "scenario %s, layer %s: its first loss is not projected: %s"
                            .formatted(of.name(), layer.shape().name(), why)));
      }
    }
  }

  /**
   * The most worn cell has one write at least, so an extension is at most the number of iterations,
   * and no scheme can reach a bound above it.
   */
  private void boundsOutOfReach(List<Integer> scenarios, List<String> all) {
    String tooHigh =
        scenarios.stream()
            .map(lifetimes::get)
            .filter(lifetime -> lifetime.bound().orElse(0) > plan.iterations())
            .map(
                lifetime ->
                    String.format(
                        Locale.ROOT, "%s (%.2fx)", lifetime.name(), lifetime.bound().orElse(0)))
            .collect(Collectors.joining(", "));
    if (!tooHigh.isEmpty()) {
      all.add(
          "%d iterations can show an extension of at most %dx, as the most worn cell has at least one write: no scheme can reach the bound of %s in them; a longer run can come closer"
              .formatted(plan.iterations(), plan.iterations(), tooHigh));
    }
  }
}
