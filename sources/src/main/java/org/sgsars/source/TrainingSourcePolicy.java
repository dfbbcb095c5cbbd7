package org.sgsars.source;

import java.util.List;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/**
 * A kind of training that experiments can name as their source.
 *
 * @param <S> its settings
 */
public interface TrainingSourcePolicy<S extends Record> extends Policy<S> {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.SOURCE;
  }

  @Override
  default BoundTrainingSource<S> bind(PolicyChoice choice) {
    return new BoundTrainingSource<>(this, SettingsType.bind(this, choice));
  }

  @Override
  default boolean countsEpochs() {
    return true;
  }

  /**
   * Prepares a training.
   *
   * @param optimizer its weight decay is added to the gradients; the rest is for what is not on
   *     crossbars
   * @param seed of the initial weights and of the order of images
   * @throws SourceException if there is nothing to train with, or on
   */
  TrainingSource open(S settings, OptimizerSettings optimizer, long seed) throws SourceException;

  /**
   * Prepares a training, with what the experiment says of its layers.
   *
   * @param rules by which they lie; of several that match a layer the first counts
   * @throws SourceException as above, or if there are rules and its layers lie as they do
   */
  default TrainingSource open(
      S settings, OptimizerSettings optimizer, long seed, List<LayerRule> rules)
      throws SourceException {
    LayerSource.requireNoRules(rules, kind());
    return open(settings, optimizer, seed);
  }
}
