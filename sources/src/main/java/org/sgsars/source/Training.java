package org.sgsars.source;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
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
  record TestResult(int images, int correct, double loss) {}

  /**
   * Goes forward and back through the images of an iteration. What is not on crossbars, such as
   * batch normalisation, is updated here.
   *
   * @param iteration each comes once, in order, from 0 or from where {@link #restore} goes on
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
  TestResult test(NetworkWeights weights) throws SourceException;

  /** Writes what the iterations have made of what is not on crossbars. */
  void save(DataOutput out) throws IOException;

  /** Resumes where another training of the same network was when it saved this. */
  void restore(DataInput in) throws IOException;

  @Override
  void close();
}
