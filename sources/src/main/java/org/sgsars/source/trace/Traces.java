package org.sgsars.source.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sgsars.file.FileProblem;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.LayerShape;
import org.sgsars.source.GradientSink;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.RemappedSource;
import org.sgsars.source.SourceException;

/** Stored traces, in either form. */
public final class Traces {
  private Traces() {}

  /**
   * What a trace holds.
   *
   * @param format {@code avro} or {@code safetensors}
   * @param description where it comes from
   * @param layers its layers
   * @param iterations stored
   * @param hasWeights whether the initial weights are stored
   * @param weightDecay that the gradients already hold
   * @param bytesPerIteration of gradient
   * @param notices what is left out
   */
  public record TraceInfo(
      String format,
      String description,
      List<LayerShape> layers,
      long iterations,
      boolean hasWeights,
      double weightDecay,
      long bytesPerIteration,
      List<String> notices) {}

  /** Follows how far a trace has been read. */
  @FunctionalInterface
  public interface Progress {
    /** Follows nothing. */
    Progress NONE = (done, all, bytes) -> {};

    /**
     * An iteration was read.
     *
     * @param done iterations read so far, from 1
     * @param all iterations of the trace
     * @param bytesPerIteration of gradient
     */
    void iterationsRead(long done, long all, long bytesPerIteration);
  }

  /** Opens a trace at its beginning, with its layers as it has them itself. */
  public static GradientSource open(Path path, MissingGradients missing) throws SourceException {
    return open(path, missing, List.of());
  }

  /**
   * Opens a trace at its beginning. Headers, sizes and the order of the iterations are checked; the
   * gradients are when they are read.
   *
   * @param missing what an iteration without a layer's gradient means in a safetensors folder; an
   *     Avro file has all
   * @param rules what somebody says of its layers, whatever the trace says
   * @throws SourceException if there is none, naming what is expected
   */
  public static GradientSource open(Path path, MissingGradients missing, List<LayerRule> rules)
      throws SourceException {
    if (Files.isDirectory(path)) {
      return new SafetensorsFolder(path, missing, rules);
    }
    if (!Files.exists(path)) {
      throw new SourceException(
          path + " does not exist; a trace is an Avro file or a folder of safetensors files");
    }
    if (!Files.isReadable(path)) {
      throw new SourceException(path + " cannot be read; check its permissions");
    }
    Optional<String> foreign = ForeignFormat.problem(path);
    if (foreign.isPresent()) {
      throw new SourceException(foreign.get());
    }
    GradientSource stored = TraceFormat.onClassPath().open(path);
    if (rules.isEmpty()) {
      return stored;
    }
    try {
      return new RemappedSource(stored, rules);
    } catch (SourceException e) {
      stored.close();
      throw e;
    }
  }

  /**
   * Reads and checks a whole trace.
   *
   * @param missing as for {@link #open}
   * @throws SourceException if it is not sound from beginning to end
   */
  public static TraceInfo info(Path path, MissingGradients missing) throws SourceException {
    return info(path, missing, Progress.NONE);
  }

  /** The same, with somebody who follows it. */
  public static TraceInfo info(Path path, MissingGradients missing, Progress progress)
      throws SourceException {
    try (GradientSource source = open(path, missing)) {
      if (source.hasWeights()) {
        source.initialWeights();
      }
      long iterations = 0;
      while (source.next() != null) {
        iterations++;
        report(progress, source, iterations);
      }
      return new TraceInfo(
          Files.isDirectory(path) ? "safetensors" : TraceFormat.onClassPath().name(),
          source.description(),
          source.layers(),
          iterations,
          source.hasWeights(),
          source.weightDecay(),
          bytesPerIteration(source),
          source.notices());
    }
  }

  private static void report(Progress progress, GradientSource source, long done) {
    progress.iterationsRead(done, source.iterations().orElse(done), bytesPerIteration(source));
  }

  private static long bytesPerIteration(GradientSource source) {
    return Float.BYTES * source.layers().stream().mapToLong(LayerShape::cells).sum();
  }

  /**
   * Writes a safetensors folder as one Avro file; the same folder gives the same bytes. The file
   * appears when it is whole.
   *
   * @param description for people; the folder's own if {@code null}
   * @param weightDecay that the gradients already hold; what the folder says if {@code null}
   * @param missing as for {@link #open}; the file holds the zeros
   * @param progress follows the reading
   * @return what of the folder is left out, for people
   * @throws SourceException if the folder is not sound or the file cannot be written
   */
  public static List<String> importFolder(
      Path folder,
      Path file,
      @Nullable String description,
      @Nullable Double weightDecay,
      MissingGradients missing,
      Progress progress)
      throws SourceException {
    checkTarget(folder, file);
    try (SafetensorsFolder source = new SafetensorsFolder(folder, missing, List.of());
        GradientSink writer =
            TraceFormat.onClassPath()
                .create(
                    file,
                    description == null ? source.description() : description,
                    new TraceFormat.Parameters(source.layers(), source.digital()),
                    source.iterations().orElseThrow(),
                    weightDecay == null ? source.weightDecay() : checkedDecay(weightDecay))) {
      writer.start(source.hasWeights() ? source.initialWeights() : List.of());
      long done = 0;
      for (List<LayerTensor> t = source.next(); t != null; t = source.next()) {
        writer.add(t);
        done++;
        report(progress, source, done);
      }
      writer.finish();
      return source.notices();
    }
  }

  private static double checkedDecay(double weightDecay) throws SourceException {
    if (!TraceFormat.isWeightDecay(weightDecay)) {
      throw new SourceException(
          "weight decay is %s; allowed: a number from 0 to 1".formatted(weightDecay));
    }
    return weightDecay;
  }

  /** What is there should not be lost by a slip: neither a folder nor the trace that is read. */
  private static void checkTarget(Path folder, Path file) throws SourceException {
    if (Files.isDirectory(file)) {
      throw new SourceException(file + " is a folder; name the trace file to write");
    }
    try {
      Path home = file.toAbsolutePath().getParent();
      boolean inside =
          home != null
              && Files.isDirectory(home)
              && Files.isDirectory(folder)
              && home.toRealPath().equals(folder.toRealPath());
      if (inside && file.getFileName().toString().endsWith(".safetensors")) {
        throw new SourceException(
            file + " would replace a file of the trace that is read; choose another name");
      }
    } catch (IOException e) {
      throw new SourceException(file + " cannot be written: " + FileProblem.reason(e), e);
    }
  }
}
