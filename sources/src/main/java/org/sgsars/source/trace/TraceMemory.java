package org.sgsars.source.trace;

import java.nio.file.Path;
import java.util.List;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.SourceException;

/** What a trace's gradients need of memory, where an iteration's are held at once as float32. */
public final class TraceMemory {
  /** Longer arrays do not exist. */
  private static final int MOST_VALUES = (Integer.MAX_VALUE - 8) / Float.BYTES;

  private TraceMemory() {}

  /**
   * Whether every tensor could be held, however much memory there is.
   *
   * @throws SourceException if one could not, naming it
   */
  public static void requireFitting(Path file, List<LayerShape> layers) throws SourceException {
    for (LayerShape layer : layers) {
      for (ParameterShape parameter : layer.parameters()) {
        if (parameter.elements() > MOST_VALUES) {
          throw new SourceException(
              "%s: tensor %s of shape %s is too large: it has %d values of four bytes in memory; allowed: at most %d in a tensor"
                  .formatted(
                      file,
                      parameter.name(),
                      parameter.shape(),
                      parameter.elements(),
                      MOST_VALUES));
        }
      }
    }
  }

  /** Bytes of an iteration. */
  public static long bytes(List<LayerShape> layers) {
    return 4 * layers.stream().mapToLong(LayerShape::cells).sum();
  }

  /**
   * Said before it is tried: where memory is short, another thread may be the one that finds none,
   * and cannot say why.
   *
   * @param most bytes that the process may have
   * @throws SourceException if an iteration is larger
   */
  public static void requireRoom(Path file, List<LayerShape> layers, long most)
      throws SourceException {
    if (bytes(layers) > most) {
      throw new SourceException(problem(file, "an iteration", bytes(layers), most));
    }
  }

  /** No memory was left for so many bytes. */
  public static SourceException problem(
      Path file, String what, long bytes, OutOfMemoryError cause) {
    return new SourceException(problem(file, what, bytes, Runtime.getRuntime().maxMemory()), cause);
  }

  private static String problem(Path file, String what, long bytes, long most) {
    return "%s: %s takes %d bytes as float32, and this process has %d for everything; give it more, such as SGS_ARS_JAVA_OPTS=-Xmx%dg"
        .formatted(file, what, bytes, most, Math.max(most, bytes) / (1 << 30) + 2);
  }
}
