package org.sgsars.source;

import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/**
 * A kind of source that holds selections instead of gradients; the bench runs on it.
 *
 * @param <S> its settings
 */
public interface SelectionSourcePolicy<S extends Record> extends Policy<S> {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.SOURCE;
  }

  @Override
  default BoundSelectionSource<S> bind(PolicyChoice choice) {
    return new BoundSelectionSource<>(this, SettingsType.bind(this, choice));
  }

  /**
   * @param seed of the run
   * @throws SourceException if it cannot be read; it names file, line and value
   */
  SelectionSource openSelections(S settings, long seed) throws SourceException;
}
