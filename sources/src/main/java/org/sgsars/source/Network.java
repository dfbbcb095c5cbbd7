package org.sgsars.source;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.sgsars.model.ParameterShape;

/** A training's network in an engine. Not for use by several threads. */
public interface Network extends AutoCloseable {
  /** All that is trained, in the network's order, on crossbars or not. */
  List<ParameterShape> parameters();

  /** One tensor per layer on crossbars. */
  List<LayerTensor> initialWeights();

  /**
   * Gradients of the mean cross-entropy over some images, weight decay added. What is not on
   * crossbars takes its step.
   *
   * @param images values image by image, channel by channel, row by row
   * @param labels class of each, from 0
   * @param weights what the crossbars hold
   * @param iteration from 0; the optimizer's step for what is not on crossbars follows from it
   * @return one tensor per layer, which the next call may reuse
   */
  List<LayerTensor> gradients(float[] images, int[] labels, NetworkWeights weights, long iteration);

  /** How well it does on some images. */
  Training.TestResult test(float[] images, int[] labels, NetworkWeights weights);

  /** Writes what training has made of what is not on crossbars. */
  void save(DataOutput out) throws IOException;

  /** Takes on what a network of the same arguments has saved. */
  void restore(DataInput in) throws IOException;

  @Override
  void close();
}
