package org.sgsars.producer.core;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.LayerShape;

/**
 * Gradients of a training run, iteration by iteration, from one reading of what holds them. Not for
 * use by several threads.
 */
public interface GradientSource extends AutoCloseable {
  /** What the gradients are and where they come from, for people. */
  String description();

  /** The layers that lie on crossbars, in the order of their weights. */
  List<LayerShape> layers();

  /** What of the source is left out because it is not on crossbars, for people; may be empty. */
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

  /**
   * The next iteration's gradients, one tensor per layer, or {@code null} after the last. The
   * tensors may be reused by the next call.
   *
   * @throws SourceException if the iteration is missing, torn, of another shape, or holds a value
   *     that is not finite; it names the file, the iteration and the tensor
   */
  @Nullable List<LayerTensor> next() throws SourceException;

  @Override
  void close() throws SourceException;
}
