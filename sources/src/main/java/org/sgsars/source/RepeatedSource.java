package org.sgsars.source;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A source from its beginning again and again, until so many iterations were given. */
public final class RepeatedSource extends ForwardingSource implements GradientSource {
  /** Opens the source at its beginning. */
  @FunctionalInterface
  public interface Opener {
    GradientSource open() throws SourceException;
  }

  private final Opener opener;
  private final long iterations;
  private GradientSource current;
  private long given;

  /** Iterations of the current reading. */
  private long givenOfReading;

  /** Iterations that one reading gives; 0 while none has come to its end. */
  private long length;

  /**
   * @throws SourceException if the source cannot be opened
   */
  public RepeatedSource(Opener opener, long iterations) throws SourceException {
    this.opener = opener;
    this.iterations = iterations;
    this.current = opener.open();
  }

  @Override
  protected GradientSource source() {
    return current;
  }

  @Override
  public OptionalLong iterations() {
    return OptionalLong.of(iterations);
  }

  @Override
  public List<String> notices() {
    List<String> notices = new ArrayList<>(current.notices());
    Repetition.notice("gradients", current.iterations(), iterations).ifPresent(notices::add);
    return List.copyOf(notices);
  }

  @Override
  public @Nullable List<LayerTensor> next() throws SourceException {
    if (given == iterations) {
      return null;
    }
    List<LayerTensor> tensors = current.next();
    if (tensors == null && given > 0) {
      length = givenOfReading;
      reopen();
      tensors = current.next();
    }
    given += tensors == null ? 0 : 1;
    givenOfReading += tensors == null ? 0 : 1;
    return tensors;
  }

  private void reopen() throws SourceException {
    if (!current.rewind()) {
      current.close();
      current = opener.open();
    }
    givenOfReading = 0;
  }

  /**
   * Makes {@link #next} go on with this iteration, counted from 0.
   *
   * @throws SourceException if the source cannot be read that far
   */
  public void goTo(long iteration) throws SourceException {
    if (iteration < given) {
      reopen();
      given = 0;
    }
    while (given < iteration) {
      if (length > 0 && givenOfReading == length) {
        // Whole readings need not be read.
        given = iteration - iteration % length;
        reopen();
      }
      if (given < iteration && next() == null) {
        throw new SourceException(
            "%s ends after %d iterations, before iteration %d"
                .formatted(description(), given, iteration));
      }
    }
  }
}
