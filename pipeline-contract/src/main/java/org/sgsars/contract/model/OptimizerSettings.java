package org.sgsars.contract.model;

/**
 * The momentum optimizer whose accumulated steps are sparsified.
 *
 * @param momentum velocity kept from one iteration to the next, [0, 1)
 * @param learningRate step size, above 0
 * @param weightDecay share of the weight added to its gradient, at least 0
 */
public record OptimizerSettings(float momentum, float learningRate, float weightDecay) {}
