package org.sgsars.source;

import java.util.Optional;
import java.util.OptionalLong;

/** What to know of a run that is longer than its source, which then begins again. */
public final class Repetition {
  private Repetition() {}

  /**
   * A sentence for people, if the source is repeated.
   *
   * @param what the source holds, such as gradients
   * @param length iterations that the source holds; empty if it gives as many as are asked for
   * @param iterations of the run
   */
  public static Optional<String> notice(String what, OptionalLong length, long iterations) {
    if (length.isEmpty() || length.getAsLong() < 1 || length.getAsLong() >= iterations) {
      return Optional.empty();
    }
    long readings = (iterations - 1) / length.getAsLong() + 1;
    return Optional.of(
        "the source's %1$d iterations of %2$s are repeated to %3$d (read %4$d times): a training of %3$d iterations would not repeat its %2$s, and may write other rows"
            .formatted(length.getAsLong(), what, iterations, readings));
  }
}
