package org.sgsars.source;

import java.util.List;
import org.sgsars.model.LayerShape;

/** What gives the gradients of a training run, stored or live. Not for use by several threads. */
public interface LayerSource extends AutoCloseable {
  /** What the gradients are and where they come from, for people. */
  String description();

  /** The layers that lie on crossbars, in the order of their weights. */
  List<LayerShape> layers();

  /**
   * What to know of the source before the numbers are read, such as what is left out because it is
   * not on crossbars, a sentence each, for people; may be empty.
   */
  List<String> notices();

  /** Weight decay that the gradients already hold; 0 for none. */
  double weightDecay();

  /** Whether {@link #initialWeights()} has any. */
  boolean hasWeights();

  /**
   * The weights before the first iteration, one tensor per layer.
   *
   * @throws SourceException if there are none or they cannot be read
   */
  List<LayerTensor> initialWeights() throws SourceException;

  @Override
  void close() throws SourceException;
}
