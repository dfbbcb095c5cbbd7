package org.sgsars.model;

import java.util.List;

/**
 * The momentum optimizer whose accumulated steps are sparsified.
 *
 * @param momentum how the velocity grows
 * @param learningRate step size, above 0
 * @param weightDecay share of the weight added to its gradient, at least 0
 * @param steps later learning rates, by ascending iteration
 */
public record OptimizerSettings(
    Momentum momentum, float learningRate, float weightDecay, List<LearningRateStep> steps) {
  public OptimizerSettings {
    steps = List.copyOf(steps);
  }

  /** Plain momentum and one learning rate for the whole run. */
  public OptimizerSettings(float momentum, float learningRate, float weightDecay) {
    this(new Momentum(momentum), learningRate, weightDecay, List.of());
  }

  /** The same without weight decay: it is in the gradients already. */
  public OptimizerSettings withoutWeightDecay() {
    return new OptimizerSettings(momentum, learningRate, 0, steps);
  }

  /** The step size in an iteration. */
  public float learningRateAt(long iteration) {
    float rate = learningRate;
    for (LearningRateStep step : steps) {
      rate = iteration >= step.fromIteration() ? step.learningRate() : rate;
    }
    return rate;
  }
}
