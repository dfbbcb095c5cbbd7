package org.sgsars.source;

/** A network and the data that it is trained on. */
public interface TrainingSource extends LayerSource {
  /** Iterations in which every image is seen once, at least 1. */
  long iterationsPerEpoch();

  /**
   * A copy of the network before its first iteration. All copies are trained on the same images in
   * the same order.
   *
   * @throws SourceException if it cannot be made
   */
  Training begin() throws SourceException;
}
