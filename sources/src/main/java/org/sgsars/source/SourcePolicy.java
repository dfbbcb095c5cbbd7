package org.sgsars.source;

import org.sgsars.model.Settings;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** A kind of gradient source that experiments can name. */
public interface SourcePolicy extends Policy {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.SOURCE;
  }

  /**
   * Opens the source at its beginning.
   *
   * @throws SourceException if it cannot be read
   */
  GradientSource open(Settings settings) throws SourceException;
}
