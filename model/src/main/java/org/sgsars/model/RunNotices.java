package org.sgsars.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What to know of a run before its numbers are read, as far as its plan says it. The sentences
 * depend on the plan alone, so that whoever says them says the same.
 */
public final class RunNotices {
  private RunNotices() {}

  /** What is to be said of the source, then of the scenarios in their order; may be empty. */
  public static List<String> of(RunPlan plan) {
    List<String> notices = new ArrayList<>(plan.notices());
    for (ScenarioPlan scenario : plan.scenarios()) {
      List<String> digital =
          IntStream.range(0, plan.layers().size())
              .filter(scenario::isDigital)
              .mapToObj(layer -> plan.layers().get(layer).name())
              .toList();
      if (!digital.isEmpty()) {
        notices.add(
            "scenario %s: not on crossbars there, and not judged: %s"
                .formatted(scenario.name(), Names.of(digital)));
      }
      neverActing(plan, scenario, "scenario " + scenario.name(), notices);
      for (LayerGroup group : LayerGroup.exceptionsOf(plan, scenario)) {
        neverActing(plan, group.scenario(), group.text(), notices);
      }
    }
    return List.copyOf(notices);
  }

  private static void neverActing(
      RunPlan plan, ScenarioPlan scenario, String whose, List<String> notices) {
    for (int leveller = 0; leveller < scenario.levellers().size(); leveller++) {
      if (neverActs(plan, scenario, leveller)) {
        notices.add(
            "%s: leveller %s never acts: it needs a run of at least %d iterations, and this one has %d"
                .formatted(
                    whose,
                    scenario.levellers().get(leveller),
                    scenario.leastIterations(leveller),
                    plan.iterations()));
      }
    }
  }

  /** Whether the run is too short for one of a scenario's levellers to move any row. */
  public static boolean neverActs(RunPlan plan, ScenarioPlan scenario, int leveller) {
    return scenario.leastIterations(leveller) > plan.iterations();
  }
}
