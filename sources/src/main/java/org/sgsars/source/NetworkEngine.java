package org.sgsars.source;

import org.sgsars.model.OptimizerSettings;

/**
 * What networks are trained with. Found through {@link java.util.ServiceLoader}; replaying needs
 * none.
 */
public interface NetworkEngine {

  /**
   * A network for images of a shape, with its initial weights. The same arguments give the same
   * weights.
   *
   * @param name as the experiment file has it, such as {@code cnn}
   * @param threads that it may compute with; others round differently
   * @throws SourceException if the images do not fit the network, saying what does
   */
  Network create(
      String name,
      ImageShape images,
      int classes,
      OptimizerSettings optimizer,
      long seed,
      int threads)
      throws SourceException;
}
