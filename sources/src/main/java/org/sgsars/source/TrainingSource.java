package org.sgsars.source;

/** A network and the data that it is trained on. */
public interface TrainingSource extends LayerSource {
  /** Iterations in which every image is seen once, at least 1. */
  long iterationsPerEpoch();

  /**
   * A training before its first iteration. All begin with the same weights, and see the same images
   * in the same order.
   *
   * @throws SourceException if it cannot be made
   */
  Training startTraining() throws SourceException;
}
