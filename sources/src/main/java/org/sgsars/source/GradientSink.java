package org.sgsars.source;

import java.util.List;

/** Keeps the gradients of a run as they are sent. */
public interface GradientSink extends AutoCloseable {
  /**
   * The run begins, perhaps anew: what was taken before does not count.
   *
   * @param initialWeights one tensor per layer; empty if the source has none
   * @throws SourceException if they cannot be kept
   */
  void start(List<LayerTensor> initialWeights) throws SourceException;

  /**
   * The next iteration's gradients, one tensor per layer, which are not kept beyond the call.
   *
   * @throws SourceException if they cannot be kept
   */
  void add(List<LayerTensor> gradients) throws SourceException;

  /**
   * The run came to its end: what was taken is whole.
   *
   * @throws SourceException if it cannot be kept
   */
  void finish() throws SourceException;

  /** Drops what is not whole. */
  @Override
  void close();
}
