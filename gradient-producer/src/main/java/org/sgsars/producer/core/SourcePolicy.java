package org.sgsars.producer.core;

import org.sgsars.contract.model.Settings;
import org.sgsars.contract.policy.Policy;
import org.sgsars.contract.policy.PolicyFamily;

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
