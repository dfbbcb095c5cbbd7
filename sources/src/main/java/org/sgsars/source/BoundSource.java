package org.sgsars.source;

import java.util.List;
import org.sgsars.mapping.LayerRule;
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
   * @param rules what the experiment says of its layers
   * @throws SourceException if it cannot be read
   */
  public GradientSource open(List<LayerRule> rules) throws SourceException {
    return policy.open(settings, rules);
  }
}
