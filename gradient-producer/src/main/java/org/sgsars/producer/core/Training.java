package org.sgsars.producer.core;

import java.util.List;

/** A copy of a network in training, on weights that lie on crossbars. */
public interface Training extends AutoCloseable {
  /**
   * How well a network does on images that it is not trained on.
   *
   * @param images tested, at least 1
   * @param correct how many of them are given their class
   * @param loss mean cross-entropy, in nats
   */
  record Accuracy(int images, int correct, double loss) {}

  /**
   * Goes forward and back through the images of an iteration. What is not on crossbars, such as
   * batch normalisation, is updated here.
   *
   * @param iteration each comes once, in order, from 0
   * @param weights what the crossbars hold
   * @return one tensor per layer, which the next call may reuse
   * @throws SourceException if a gradient is not finite, naming layer and iteration
   */
  List<LayerTensor> gradients(long iteration, NetworkWeights weights) throws SourceException;

  /**
   * Tests the network.
   *
   * @throws SourceException if it cannot be evaluated
   */
  Accuracy test(NetworkWeights weights) throws SourceException;

  @Override
  void close();
}
