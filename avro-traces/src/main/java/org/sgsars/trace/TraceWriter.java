package org.sgsars.trace;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireLayers;
import org.sgsars.file.FileProblem;
import org.sgsars.model.LayerShape;
import org.sgsars.source.GradientChunks;
import org.sgsars.source.GradientSink;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.TraceFormat;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.TraceManifest;

/**
 * Writes a trace as one Avro file. The same gradients give the same bytes. The file appears when it
 * is whole.
 */
public final class TraceWriter implements GradientSink {
  private static final int CHUNK_VALUES = 1 << 18;
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int ZSTANDARD_LEVEL = 19;
  private static final int SYNC_BYTES = 16;

  private final Path file;
  private final Path temporary;
  private final String description;
  private final TraceFormat.Parameters parameters;
  private final long iterations;
  private final double weightDecay;
  private @Nullable DataFileWriter<Object> writer;
  private long taken;

  /**
   * @param file to write, in a folder that is there
   * @param description for people
   * @param parameters whose gradients it will hold, and those beside them
   * @param iterations that will come
   * @param weightDecay that the gradients hold
   */
  public TraceWriter(
      Path file,
      String description,
      TraceFormat.Parameters parameters,
      long iterations,
      double weightDecay) {
    this.file = file;
    this.temporary =
        file.resolveSibling(".%s.%s.tmp".formatted(file.getFileName(), UUID.randomUUID()));
    this.description = description;
    this.parameters = parameters;
    this.iterations = iterations;
    this.weightDecay = weightDecay;
  }

  @Override
  public void start(List<LayerTensor> initialWeights) throws SourceException {
    WireFormat.trustOwnRecords();
    close();
    taken = 0;
    // Not random, so that the same trace gives the same file.
    byte[] sync = Arrays.copyOf("sgs-ars trace v1".getBytes(StandardCharsets.US_ASCII), SYNC_BYTES);
    DataFileWriter<Object> fresh =
        new DataFileWriter<>(new SpecificDatumWriter<>(TraceFile.SCHEMA, new SpecificData()));
    fresh.setCodec(CodecFactory.zstandardCodec(ZSTANDARD_LEVEL, true));
    fresh.setSyncInterval(BLOCK_BYTES);
    writer = fresh;
    try {
      OutputStream out = Files.newOutputStream(temporary);
      fresh.create(TraceFile.SCHEMA, out, sync);
      fresh.append(
          new TraceManifest(
              TraceFile.VERSION,
              description,
              parameters.layers().stream().map(WireLayers::toWire).toList(),
              iterations,
              !initialWeights.isEmpty(),
              weightDecay,
              parameters
                  .digital()
                  .map(digital -> digital.stream().map(WireLayers::toWire).toList())
                  .orElse(null)));
      if (!initialWeights.isEmpty()) {
        append(fresh, -1, initialWeights);
      }
    } catch (IOException e) {
      throw problem(e);
    }
  }

  @Override
  public void add(List<LayerTensor> gradients) throws SourceException {
    DataFileWriter<Object> open = writer;
    if (open == null) {
      throw new IllegalStateException("The trace was not begun");
    }
    try {
      append(open, taken++, gradients);
    } catch (IOException e) {
      throw problem(e);
    }
  }

  @Override
  public void finish() throws SourceException {
    DataFileWriter<Object> open = writer;
    if (open == null || taken != iterations) {
      throw new IllegalStateException("%d of %d iterations came".formatted(taken, iterations));
    }
    try {
      open.close();
      writer = null;
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw problem(e);
    }
  }

  private SourceException problem(IOException e) {
    return new SourceException(file + " cannot be written: " + FileProblem.reason(e), e);
  }

  private void append(DataFileWriter<Object> to, long iteration, List<LayerTensor> tensors)
      throws IOException {
    List<LayerShape> layers = parameters.layers();
    for (int layer = 0; layer < layers.size(); layer++) {
      for (GradientChunks.Chunk chunk :
          GradientChunks.of(layers.get(layer), tensors.get(layer), CHUNK_VALUES)) {
        to.append(
            new Gradients(
                "",
                layer,
                iteration,
                chunk.chunk(),
                chunk.chunks(),
                chunk.firstOutput(),
                chunk.outputs(),
                copy(chunk.weights()),
                copy(chunk.biases()),
                0));
      }
    }
  }

  private static ByteBuffer copy(ByteBuffer view) {
    return ByteBuffer.allocate(view.remaining()).put(view.duplicate()).flip();
  }

  @Override
  public void close() {
    DataFileWriter<Object> open = writer;
    writer = null;
    try {
      try {
        if (open != null) {
          open.close();
        }
      } finally {
        // Also if what compresses it cannot be loaded.
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // The reason why it could not be written is on its way already.
    }
  }
}
