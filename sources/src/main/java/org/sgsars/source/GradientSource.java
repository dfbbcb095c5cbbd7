package org.sgsars.source;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Stored gradients, iteration by iteration, from one reading of what holds them. */
public interface GradientSource extends LayerSource {
  /** Iterations that a reading gives; empty if it gives as many as are asked for, or is unknown. */
  default OptionalLong iterations() {
    return OptionalLong.empty();
  }

  /**
   * The next iteration's gradients, one tensor per layer, or {@code null} after the last. The
   * tensors may be reused by the next call.
   *
   * @throws SourceException if the iteration is missing, torn, of another shape, or holds a value
   *     that is not finite; it names the file, the iteration and the tensor
   */
  @Nullable List<LayerTensor> next() throws SourceException;

  /**
   * Goes back to the beginning, which may be cheaper than to open the source again: what was
   * checked is not checked anew.
   *
   * @return whether it can; if not, it has to be opened again
   * @throws SourceException if it cannot be read there
   */
  default boolean rewind() throws SourceException {
    return false;
  }
}
