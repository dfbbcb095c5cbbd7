package org.sgsars.model;

import java.util.HashSet;
import java.util.List;

/**
 * How a run's gradients follow from what is on its crossbars. A training is a copy of the network
 * whose weights lie on the crossbars of one scenario.
 *
 * @param scenarios for each training the index of its scenario. With one, the others are judged on
 *     its gradients; otherwise each scenario has a training, in their order
 * @param accuracyInterval iterations between two tests of accuracy; 0 if the program that trains
 *     tests when it wants to, and says when it is done
 */
public record TrainingPlan(List<Integer> scenarios, long accuracyInterval) {
  public TrainingPlan {
    scenarios = List.copyOf(scenarios);
    if (scenarios.isEmpty()) {
      throw new IllegalArgumentException("a training needs a scenario");
    }
    if (accuracyInterval < 0) {
      throw new IllegalArgumentException(
          "accuracyInterval is " + accuracyInterval + ", not at least 0");
    }
  }

  /** Trainings, at least 1. */
  public int count() {
    return scenarios.size();
  }

  /** Whether a scenario's crossbars hold weights that are trained. */
  public boolean trains(int scenario) {
    return scenarios.contains(scenario);
  }

  /** Whether accuracy is tested after so many iterations of a run. */
  public boolean testsAfter(long done, long iterations) {
    return accuracyInterval > 0 && (done % accuracyInterval == 0 || done == iterations);
  }

  /**
   * @throws IllegalArgumentException if these are not scenarios of the run, or several that share a
   *     sparsifier, naming them
   */
  void check(List<ScenarioPlan> ofRun) {
    for (int scenario : scenarios) {
      if (scenario < 0 || scenario >= ofRun.size()) {
        throw new IllegalArgumentException(
            "scenario %d, which trains, is outside [0, %d)".formatted(scenario, ofRun.size()));
      }
    }
    if (count() == 1) {
      return;
    }
    for (int i = 0; i < ofRun.size(); i++) {
      if (count() != ofRun.size() || scenarios.get(i) != i) {
        throw new IllegalArgumentException(
            "scenarios %s train; allowed: one, or all of %d in their order"
                .formatted(scenarios, ofRun.size()));
      }
    }
    if (new HashSet<>(ofRun.stream().map(ScenarioPlan::sparsifier).toList()).size() < count()) {
      throw new IllegalArgumentException(
          "scenarios that each train share a sparsifier; each needs its own");
    }
  }
}
