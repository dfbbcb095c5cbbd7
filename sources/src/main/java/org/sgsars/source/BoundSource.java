package org.sgsars.source;

import org.sgsars.policy.BoundPolicy;

/**
 * A gradient source's policy with the settings of one run.
 *
 * @param <S> the settings
 */
public record BoundSource<S extends Record>(SourcePolicy<S> policy, S settings)
    implements BoundPolicy<S> {
  /**
   * Opens the source at its beginning.
   *
   * @throws SourceException if it cannot be read
   */
  public GradientSource open() throws SourceException {
    return policy.open(settings);
  }
}
