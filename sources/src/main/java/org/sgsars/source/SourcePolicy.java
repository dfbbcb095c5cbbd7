package org.sgsars.source;

import java.util.List;
import org.sgsars.mapping.LayerRule;
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

  /**
   * Opens the source at its beginning, with what the experiment says of its layers.
   *
   * @param rules by which they lie, whatever the source says; of several that match a layer the
   *     first counts
   * @throws SourceException if it cannot be read, or there are rules and its layers lie as they do
   */
  default GradientSource open(S settings, List<LayerRule> rules) throws SourceException {
    LayerSource.requireNoRules(rules, kind());
    return open(settings);
  }
}
