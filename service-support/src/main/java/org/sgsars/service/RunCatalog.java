package org.sgsars.service;

import java.util.Optional;
import java.util.Set;
import org.sgsars.contract.model.RunPlan;

/** The runs announced so far. */
public interface RunCatalog extends AutoCloseable {
  /** The run's plan, looking for news first if it is unknown. */
  Optional<RunPlan> find(String run);

  /** All runs that are announced by now. */
  Set<String> announced();

  /** Whether the run, after all that was said of it until now, ends before its last iteration. */
  boolean isAborted(String run);

  @Override
  void close();

  /** A catalog of one run, which goes on to its end. */
  static RunCatalog of(RunPlan plan) {
    return new RunCatalog() {
      @Override
      public Optional<RunPlan> find(String run) {
        return Optional.of(plan).filter(only -> only.run().equals(run));
      }

      @Override
      public Set<String> announced() {
        return Set.of(plan.run());
      }

      @Override
      public boolean isAborted(String run) {
        return false;
      }

      @Override
      public void close() {}
    };
  }
}
