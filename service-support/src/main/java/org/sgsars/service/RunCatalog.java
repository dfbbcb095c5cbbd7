package org.sgsars.service;

import java.util.Optional;
import java.util.Set;
import org.sgsars.model.RunPlan;

/** The runs announced so far, but for those that are retired. */
public interface RunCatalog extends AutoCloseable {
  /**
   * The run's plan, looking for news first if it is unknown, or was retired when records came last.
   */
  Optional<RunPlan> find(String run);

  /**
   * Why no record of the run can be used, if that is known: what its announcement asks for is not
   * allowed, or the announcement cannot be read.
   */
  default Optional<String> problem(String run) {
    return Optional.empty();
  }

  /** Records came: one of them may be of a run that took the name of one that is retired. */
  void expectNews();

  /** All runs that are announced by now. */
  Set<String> announced();

  /** Whether the run, after all that was said of it until now, ends before its last iteration. */
  boolean isAborted(String run);

  /** Whether the run is retired, as far as is known without a poll. */
  boolean isRetired(String run);

  /**
   * Looks for news, if the broker is there.
   *
   * @return the runs that were known and are retired since the last call, in each of their attempts
   */
  Set<String> drainRetired();

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
      public void expectNews() {}

      @Override
      public Set<String> announced() {
        return Set.of(plan.run());
      }

      @Override
      public boolean isAborted(String run) {
        return false;
      }

      @Override
      public boolean isRetired(String run) {
        return false;
      }

      @Override
      public Set<String> drainRetired() {
        return Set.of();
      }

      @Override
      public void close() {}
    };
  }
}
