package org.sgsars.analyzer.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.failure.FailureReason;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.RunCatalog;

/** The runs that the analyzer follows, by name, each in its last attempt. Found by any thread. */
final class FollowedRuns {
  private static final int NONE = -1;

  private final Policies policies;
  private final Map<String, RunWear> runs = new ConcurrentSkipListMap<>();
  private final Map<String, Integer> attempts = new HashMap<>();

  /**
   * @param policies the devices that runs can name
   */
  FollowedRuns(Policies policies) {
    this.policies = policies;
  }

  /** The run, if it is followed. */
  Optional<RunWear> find(String name) {
    return Optional.ofNullable(runs.get(name));
  }

  /** In the order of their names. */
  void forEach(BiConsumer<String, RunWear> work) {
    runs.forEach(work);
  }

  /** Evicts a run. */
  Optional<RunWear> evict(String name) {
    attempts.remove(name);
    return Optional.ofNullable(runs.remove(name));
  }

  /**
   * The run that a record is part of, by its name; empty if it was never announced, or has begun
   * anew since.
   */
  Optional<RunWear> follow(String run, RunCatalog catalog) {
    String name = RunPlan.nameOf(run);
    int attempt = RunPlan.attemptOf(run);
    int known = attempts.getOrDefault(name, NONE);
    if (attempt > known) {
      Optional<RunPlan> plan = catalog.find(run);
      if (plan.isEmpty()) {
        return Optional.empty();
      }
      runs.put(name, fresh(plan.get().asAttempt(0)));
      attempts.put(name, attempt);
    }
    return attempt < known ? Optional.empty() : find(name);
  }

  /** What a manifest asks for may be more than there is; other runs go on then. */
  private RunWear fresh(RunPlan plan) {
    try {
      return new RunWear(plan, policies);
    } catch (OutOfMemoryError e) {
      throw new IllegalArgumentException(
          "no memory is left for run %s: %s".formatted(plan.run(), FailureReason.of(e)), e);
    }
  }

  /**
   * The run that a record of results is part of; empty if it is over.
   *
   * @throws IllegalArgumentException if it was never announced
   */
  Optional<RunWear> running(String run, RunCatalog catalog) {
    if (RunPlan.attemptOf(run) < attempts.getOrDefault(RunPlan.nameOf(run), NONE)) {
      return Optional.empty();
    }
    Optional<RunWear> followed = follow(run, catalog);
    if (followed.isEmpty() && !catalog.isRetired(run)) {
      throw new IllegalArgumentException("run " + run + " was never announced");
    }
    return followed;
  }
}
