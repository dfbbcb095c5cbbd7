package org.sgsars.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireLayers;
import org.sgsars.failure.FailureReason;
import org.sgsars.file.FileProblem;
import org.sgsars.file.GitLfs;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Names;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PlainText;
import org.sgsars.source.FiniteValues;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.TraceFormat;
import org.sgsars.source.trace.TraceMemory;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.TraceManifest;

/**
 * A trace in the native form: one Avro container file whose first record is a {@link TraceManifest}
 * and whose others are {@link Gradients}, in the order of the topic.
 */
final class TraceFile implements GradientSource {
  static final int VERSION = 1;
  private static final List<String> CODECS = List.of("null", "deflate", "zstandard");
  static final Schema SCHEMA =
      Schema.createUnion(TraceManifest.getClassSchema(), Gradients.getClassSchema());

  private final Path file;
  private DataFileReader<Object> reader;
  private final TraceManifest manifest;
  private final List<LayerShape> layers;
  private final Optional<List<ParameterShape>> digital;
  private final MappedNetwork network;
  private @Nullable List<LayerTensor> weights;
  private long next;

  /**
   * @throws SourceException if the file cannot be read or does not begin as a trace
   */
  TraceFile(Path file) throws SourceException {
    this.file = file;
    WireFormat.trustOwnRecords();
    reader = open();
    long start = reader.previousSync();
    Object begin = read("its manifest");
    if (begin == null) {
      throw new SourceException(file + " is truncated or empty: it holds no record");
    }
    if (!(begin instanceof TraceManifest first)) {
      throw new SourceException(file + " is not a trace: its first record is no manifest");
    }
    manifest = first;
    if (manifest.getVersion() != VERSION) {
      throw new SourceException(
          "%s is a trace of version %d; this program reads version %d"
              .formatted(file, manifest.getVersion(), VERSION));
    }
    try {
      layers = manifest.getLayers().stream().map(WireLayers::fromWire).toList();
      digital =
          Optional.ofNullable(manifest.getDigital())
              .map(of -> of.stream().map(WireLayers::fromWire).toList());
      network = checkedNetwork();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new SourceException(file + ": " + e.getMessage(), e);
    }
    if (!TraceFormat.isWeightDecay(manifest.getWeightDecay())) {
      throw new SourceException(
          "%s: its weight decay is %s; allowed: a number from 0 to 1"
              .formatted(file, manifest.getWeightDecay()));
    }
    if (!PlainText.isPlain(manifest.getDescription())) {
      throw new SourceException(file + ": its description holds control characters");
    }
    if (layers.isEmpty() || manifest.getIterations() < 1) {
      throw new SourceException(file + ": a trace needs at least one layer and one iteration");
    }
    TraceMemory.requireFitting(file, layers);
    checkLast(TraceBlocks.last(file, start));
  }

  @SuppressWarnings("MustBeClosedChecker") // closed with the source
  private DataFileReader<Object> open() throws SourceException {
    DataFileReader<Object> opened = null;
    try {
      opened =
          new DataFileReader<>(
              file.toFile(), new SpecificDatumReader<>(SCHEMA, SCHEMA, new SpecificData()));
      checkCodec(opened);
      DataFileReader<Object> sound = opened;
      opened = null;
      return sound;
    } catch (IOException | RuntimeException e) {
      String reason = e instanceof IOException io ? FileProblem.reason(io) : e.toString();
      String problem = "%s is not a trace, or is truncated: %s".formatted(file, reason);
      throw new SourceException(GitLfs.problem(file).orElse(problem), e);
    } finally {
      closeQuietly(opened);
    }
  }

  private static void closeQuietly(@Nullable DataFileReader<Object> opened) {
    try {
      if (opened != null) {
        opened.close();
      }
    } catch (IOException e) {
      // Why it cannot be used is on its way already.
    }
  }

  /** A file may be cut short between two blocks. */
  private void checkLast(long lastBlock) throws SourceException {
    Object last = null;
    try (DataFileReader<Object> end = open()) {
      end.seek(lastBlock);
      for (Object next = read(end, "its end"); next != null; next = read(end, "its end")) {
        last = next;
      }
    } catch (IOException e) {
      throw new SourceException(file + " cannot be read: " + FileProblem.reason(e), e);
    }
    long iterations = manifest.getIterations();
    if (!(last instanceof Gradients chunk)) {
      throw new SourceException(
          "%s is truncated: it ends before the first of %d iterations".formatted(file, iterations));
    }
    if (chunk.getIteration() != iterations - 1
        || chunk.getLayer() != layers.size() - 1
        || chunk.getChunk() != chunk.getChunks() - 1) {
      throw new SourceException(
          "%s is truncated or corrupt: its last record is of iteration %d, layer %d, where iteration %d, layer %d should end"
              .formatted(
                  file, chunk.getIteration(), chunk.getLayer(), iterations - 1, layers.size() - 1));
    }
  }

  /** Others need libraries that are not here. */
  private void checkCodec(DataFileReader<Object> opened) throws SourceException {
    String codec = opened.getMetaString(DataFileConstants.CODEC);
    if (codec != null && !CODECS.contains(codec)) {
      throw new SourceException(
          "%s is compressed by '%s'; allowed: %s".formatted(file, codec, CODECS));
    }
  }

  private MappedNetwork checkedNetwork() {
    MappedNetwork expected =
        MappedNetwork.ofLayers("its manifest", layers, digital.orElse(List.of()), List.of());
    if (!expected.layers().equals(layers)) {
      throw new IllegalArgumentException(
          "its layers are said to be %s, but their parameters make %s"
              .formatted(sizes(layers), sizes(expected.layers())));
    }
    return expected;
  }

  private static String sizes(List<LayerShape> layers) {
    return layers.stream()
        .map(layer -> "%s %d x %d".formatted(layer.name(), layer.rows(), layer.columns()))
        .collect(Collectors.collectingAndThen(Collectors.toList(), Names::of));
  }

  private @Nullable Object read(String what) throws SourceException {
    return read(reader, what);
  }

  private @Nullable Object read(DataFileReader<Object> from, String what) throws SourceException {
    try {
      return from.hasNext() ? from.next() : null;
    } catch (AvroRuntimeException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw new SourceException(
          "%s is truncated or corrupt at %s: %s".formatted(file, what, e.getMessage()), e);
    } catch (RuntimeException e) {
      throw new SourceException("%s is corrupt at %s: %s".formatted(file, what, e), e);
    } catch (OutOfMemoryError e) {
      throw new SourceException(
          "%s cannot be read at %s: %s; or the file is corrupt there, and asks for more than it holds"
              .formatted(file, what, FailureReason.of(e)),
          e);
    } catch (LinkageError e) {
      throw new SourceException(
          "%s cannot be decompressed at %s: %s".formatted(file, what, FailureReason.of(e)), e);
    }
  }

  @Override
  public String description() {
    return manifest.getDescription();
  }

  @Override
  public OptionalLong iterations() {
    return OptionalLong.of(manifest.getIterations());
  }

  @Override
  public List<LayerShape> layers() {
    return layers;
  }

  @Override
  public Optional<List<ParameterShape>> digital() {
    return digital;
  }

  @Override
  public List<String> notices() {
    // What an older trace left out is not known.
    return digital.isPresent() ? network.notices() : network.notes();
  }

  @Override
  public double weightDecay() {
    return manifest.getWeightDecay();
  }

  @Override
  public boolean hasWeights() {
    return manifest.getHasWeights();
  }

  @Override
  public List<LayerTensor> initialWeights() throws SourceException {
    if (!hasWeights()) {
      throw new SourceException(file + " holds no initial weights");
    }
    List<LayerTensor> held = weights;
    if (held == null) {
      held = readIteration(-1);
      weights = held;
    }
    return held;
  }

  @Override
  public @Nullable List<LayerTensor> next() throws SourceException {
    if (hasWeights() && weights == null) {
      initialWeights();
    }
    if (next == manifest.getIterations()) {
      if (read("its end") != null) {
        throw new SourceException(
            "%s goes on after its %d iterations".formatted(file, manifest.getIterations()));
      }
      checkEnd();
      return null;
    }
    return readIteration(next++);
  }

  @Override
  public boolean rewind() throws SourceException {
    close();
    reader = open();
    read("its manifest");
    if (hasWeights()) {
      weights = readIteration(-1);
    }
    next = 0;
    return true;
  }

  /** Avro takes a block that is cut short for the end of the file. */
  private void checkEnd() throws SourceException {
    try {
      long end = reader.previousSync();
      long size = Files.size(file);
      if (end != size) {
        throw new SourceException(
            "%s is corrupt: its last record ends at byte %d of %d".formatted(file, end, size));
      }
    } catch (IOException e) {
      throw new SourceException(file + " cannot be read: " + FileProblem.reason(e), e);
    }
  }

  private List<LayerTensor> readIteration(long iteration) throws SourceException {
    TraceMemory.requireRoom(file, layers, Runtime.getRuntime().maxMemory());
    List<LayerTensor> tensors = new ArrayList<>(layers.size());
    for (int layer = 0; layer < layers.size(); layer++) {
      tensors.add(readTensor(iteration, layer));
    }
    return tensors;
  }

  private LayerTensor readTensor(long iteration, int layer) throws SourceException {
    LayerShape shape = layers.get(layer);
    String place = "iteration %d, layer %s".formatted(iteration, shape.name());
    List<Gradients> chunks = new ArrayList<>();
    int outputs = 0;
    do {
      Object record = read(place);
      if (record == null) {
        throw new SourceException(
            "%s is truncated: it ends at %s of %d iterations"
                .formatted(file, place, manifest.getIterations()));
      }
      Gradients chunk = expected(record, iteration, layer, chunks.size(), outputs, place);
      chunks.add(chunk);
      outputs += chunk.getOutputs();
    } while (outputs < shape.columns());
    if (chunks.size() == 1) {
      return checked(chunks.get(0).getWeights(), chunks.get(0).getBiases(), place);
    }
    return joined(shape, chunks, place);
  }

  private Gradients expected(
      Object record, long iteration, int layer, int number, int outputs, String place)
      throws SourceException {
    LayerShape shape = layers.get(layer);
    if (!(record instanceof Gradients chunk)
        || chunk.getIteration() != iteration
        || chunk.getLayer() != layer
        || chunk.getChunk() != number
        || chunk.getFirstOutput() != outputs) {
      throw new SourceException(file + ": another record stands where " + place + " should");
    }
    int count = chunk.getOutputs();
    boolean fits =
        count >= 1
            && count <= shape.columns() - outputs
            && chunk.getWeights().remaining() == 4L * count * shape.inputs()
            && chunk.getBiases().remaining() == (shape.hasBias() ? 4L * count : 0);
    if (!fits) {
      throw new SourceException(
          "%s: %s has %d outputs in %d and %d bytes, which do not fit its %d x %d values"
              .formatted(
                  file,
                  place,
                  count,
                  chunk.getWeights().remaining(),
                  chunk.getBiases().remaining(),
                  shape.rows(),
                  shape.columns()));
    }
    return chunk;
  }

  private LayerTensor joined(LayerShape shape, List<Gradients> chunks, String place)
      throws SourceException {
    ByteBuffer weights =
        ByteBuffer.allocate(Math.toIntExact(4L * shape.inputs() * shape.columns()));
    ByteBuffer biases = ByteBuffer.allocate(shape.hasBias() ? 4 * shape.columns() : 0);
    for (Gradients chunk : chunks) {
      weights.put(chunk.getWeights().duplicate());
      biases.put(chunk.getBiases().duplicate());
    }
    return checked(weights.flip(), biases.flip(), place);
  }

  private LayerTensor checked(ByteBuffer weights, ByteBuffer biases, String place)
      throws SourceException {
    LayerTensor tensor = new LayerTensor(weights, biases);
    checkFinite(tensor.weights(), place, "weights");
    checkFinite(tensor.biases(), place, "biases");
    return tensor;
  }

  private void checkFinite(ByteBuffer values, String place, String what) throws SourceException {
    int index = FiniteValues.firstNotFinite(values);
    if (index >= 0) {
      throw new SourceException(
          "%s: %s has %s at index %d of its %s; only finite values can be replayed"
              .formatted(file, place, values.getFloat(4 * index), index, what));
    }
  }

  @Override
  public void close() throws SourceException {
    try {
      reader.close();
    } catch (IOException e) {
      throw new SourceException(file + " cannot be closed: " + e.getMessage(), e);
    }
  }
}
