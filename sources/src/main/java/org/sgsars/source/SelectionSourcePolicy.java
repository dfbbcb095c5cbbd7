package org.sgsars.source;

import org.sgsars.model.Settings;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** A kind of source that holds selections instead of gradients; the bench runs on it. */
public interface SelectionSourcePolicy extends Policy {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.SOURCE;
  }

  /**
   * @param seed of the run
   * @throws SourceException if it cannot be read; it names file, line and value
   */
  SelectionSource openSelections(Settings settings, long seed) throws SourceException;
}
