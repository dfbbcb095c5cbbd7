package org.sgsars.source;

import java.util.List;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.policy.BoundPolicy;

/**
 * A training's policy with the settings of one run.
 *
 * @param <S> the settings
 */
public record BoundTrainingSource<S extends Record>(TrainingSourcePolicy<S> policy, S settings)
    implements BoundPolicy<S> {
  /**
   * As {@link TrainingSourcePolicy#open}.
   *
   * @throws SourceException if there is nothing to train with, or on
   */
  public TrainingSource open(OptimizerSettings optimizer, long seed, List<LayerRule> rules)
      throws SourceException {
    return policy.open(settings, optimizer, seed, rules);
  }
}
