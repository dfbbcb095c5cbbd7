package org.sgsars.service;

import java.util.Optional;
import org.sgsars.contract.model.RunPlan;

/** The runs announced so far. */
public interface RunCatalog extends AutoCloseable {
  /** The run's plan, looking for news first if it is unknown. */
  Optional<RunPlan> find(String run);

  /** Whether the run, after all that was said of it until now, ends before its last iteration. */
  boolean isAborted(String run);

  @Override
  void close();
}
