package org.sgsars.producer.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.experiment.FileProblem;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.producer.core.GradientChunks;
import org.sgsars.producer.core.GradientSource;
import org.sgsars.producer.core.LayerTensor;
import org.sgsars.producer.core.SourceException;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.TraceManifest;

/** Stored traces, in either form. */
public final class Traces {
  private static final int CHUNK_VALUES = 1 << 18;
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int ZSTANDARD_LEVEL = 19;
  private static final int SYNC_BYTES = 16;

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

  /**
   * Opens a trace at its beginning.
   *
   * @throws SourceException if there is none, naming what is expected
   */
  public static GradientSource open(Path path) throws SourceException {
    if (Files.isDirectory(path)) {
      return new SafetensorsFolder(path);
    }
    if (!Files.exists(path)) {
      throw new SourceException(
          path + " does not exist; a trace is an Avro file or a folder of safetensors files");
    }
    if (!Files.isReadable(path)) {
      throw new SourceException(path + " cannot be read; check its permissions");
    }
    return new TraceFile(path);
  }

  /**
   * Reads and checks a whole trace.
   *
   * @throws SourceException if it is not sound from beginning to end
   */
  public static TraceInfo info(Path path) throws SourceException {
    try (GradientSource source = open(path)) {
      if (source.hasWeights()) {
        source.initialWeights();
      }
      long iterations = 0;
      while (source.next() != null) {
        iterations++;
      }
      return new TraceInfo(
          source instanceof TraceFile ? "avro" : "safetensors",
          source.description(),
          source.layers(),
          iterations,
          source.hasWeights(),
          source.weightDecay(),
          4 * source.layers().stream().mapToLong(LayerShape::cells).sum(),
          source.notices());
    }
  }

  /**
   * Writes a safetensors folder as one Avro file; the same folder gives the same bytes. The file
   * appears when it is whole.
   *
   * @param description for people; the folder's own if {@code null}
   * @param weightDecay that the gradients already hold; what the folder says if {@code null}
   * @return what of the folder is left out, for people
   * @throws SourceException if the folder is not sound or the file cannot be written
   */
  public static List<String> importFolder(
      Path folder, Path file, @Nullable String description, @Nullable Double weightDecay)
      throws SourceException {
    checkTarget(folder, file);
    Path temporary =
        file.resolveSibling(".%s.%s.tmp".formatted(file.getFileName(), UUID.randomUUID()));
    try (SafetensorsFolder source = new SafetensorsFolder(folder)) {
      TraceManifest manifest =
          new TraceManifest(
              TraceFile.VERSION,
              description == null ? source.description() : description,
              source.layers().stream().map(WireModel::toWire).toList(),
              source.iterations(),
              source.hasWeights(),
              weightDecay == null ? source.weightDecay() : checkedDecay(weightDecay));
      write(source, manifest, temporary);
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      return source.notices();
    } catch (IOException e) {
      throw new SourceException(file + " cannot be written: " + FileProblem.reason(e), e);
    } finally {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        // The reason why it could not be written is on its way already.
      }
    }
  }

  private static double checkedDecay(double weightDecay) throws SourceException {
    if (!TraceFile.isWeightDecay(weightDecay)) {
      throw new SourceException(
          "weight decay is %s; allowed: a number of at least 0".formatted(weightDecay));
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

  private static void write(SafetensorsFolder source, TraceManifest manifest, Path file)
      throws IOException, SourceException {
    WireFormat.trustOwnRecords();
    try (DataFileWriter<Object> writer =
        new DataFileWriter<>(new SpecificDatumWriter<>(TraceFile.SCHEMA, new SpecificData()))) {
      writer.setCodec(CodecFactory.zstandardCodec(ZSTANDARD_LEVEL, true));
      writer.setSyncInterval(BLOCK_BYTES);
      // Not random, so that the same trace gives the same file.
      byte[] sync =
          Arrays.copyOf(
              "sgs-ars trace v1".getBytes(java.nio.charset.StandardCharsets.US_ASCII), SYNC_BYTES);
      try (var out = Files.newOutputStream(file)) {
        writer.create(TraceFile.SCHEMA, out, sync);
        writer.append(manifest);
        if (source.hasWeights()) {
          append(writer, source.layers(), -1, source.initialWeights());
        }
        long iteration = 0;
        for (List<LayerTensor> t = source.next(); t != null; t = source.next()) {
          append(writer, source.layers(), iteration++, t);
        }
        writer.flush();
      }
    }
  }

  private static void append(
      DataFileWriter<Object> writer,
      List<LayerShape> layers,
      long iteration,
      List<LayerTensor> tensors)
      throws IOException {
    for (int layer = 0; layer < layers.size(); layer++) {
      for (GradientChunks.Chunk chunk :
          GradientChunks.of(layers.get(layer), tensors.get(layer), CHUNK_VALUES)) {
        writer.append(
            new Gradients(
                "",
                layer,
                iteration,
                chunk.chunk(),
                chunk.chunks(),
                chunk.firstOutput(),
                chunk.outputs(),
                copy(chunk.weights()),
                copy(chunk.biases())));
      }
    }
  }

  private static ByteBuffer copy(ByteBuffer view) {
    return ByteBuffer.allocate(view.remaining()).put(view.duplicate()).flip();
  }
}
