package org.sgsars.model;

/**
 * Another learning rate from some iteration on.
 *
 * @param fromIteration the first iteration with it, at least 1
 * @param learningRate step size, above 0
 */
public record LearningRateStep(long fromIteration, float learningRate) {}
