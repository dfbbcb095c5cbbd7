package org.sgsars.source;

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
}
