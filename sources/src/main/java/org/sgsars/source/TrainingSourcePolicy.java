package org.sgsars.source;

import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.Settings;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** A kind of training that experiments can name as their source. */
public interface TrainingSourcePolicy extends Policy {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.SOURCE;
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
  TrainingSource open(Settings settings, OptimizerSettings optimizer, long seed)
      throws SourceException;
}
