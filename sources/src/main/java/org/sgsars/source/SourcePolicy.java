package org.sgsars.source;

import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/**
 * A kind of gradient source that experiments can name.
 *
 * @param <S> its settings
 */
public interface SourcePolicy<S extends Record> extends Policy<S> {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.SOURCE;
  }

  @Override
  default BoundSource<S> bind(PolicyChoice choice) {
    return new BoundSource<>(this, SettingsType.bind(this, choice));
  }

  /**
   * Opens the source at its beginning.
   *
   * @throws SourceException if it cannot be read
   */
  GradientSource open(S settings) throws SourceException;
}
