package org.sgsars.source.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sgsars.file.FileProblem;
import org.sgsars.file.GitLfs;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PlainText;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.SafetensorsHeader.Dtype;
import org.sgsars.source.trace.SafetensorsHeader.Tensor;

/**
 * One safetensors file: eight bytes of little-endian header length, a JSON header that gives every
 * tensor's type, shape and place, then the raw little-endian data. The header is read at once, a
 * tensor when it is asked for.
 */
final class SafetensorsFile implements AutoCloseable {
  /** Nothing larger is read at once: the JDK copies each piece through memory beside the heap. */
  private static final int PIECE_BYTES = 1 << 20;

  private static final Set<Dtype> GRADIENTS = Set.of(Dtype.F32, Dtype.F16, Dtype.BF16);

  /** Remembers the last header: from iteration to iteration it mostly stays the same. */
  static final class LastHeader {
    private byte[] json = {};
    private long dataBytes = -1;
    private @Nullable SafetensorsHeader header;

    private SafetensorsHeader parse(byte[] ofFile, long dataBytesOfFile) {
      SafetensorsHeader known = header;
      if (known != null && dataBytes == dataBytesOfFile && Arrays.equals(json, ofFile)) {
        return known;
      }
      SafetensorsHeader parsed = SafetensorsHeader.parse(ofFile, dataBytesOfFile);
      json = ofFile;
      dataBytes = dataBytesOfFile;
      header = parsed;
      return parsed;
    }
  }

  private final Path file;
  private final FileChannel channel;
  private final SafetensorsHeader header;

  /** Where the data begin. */
  private final long start;

  private SafetensorsFile(Path file, FileChannel channel, SafetensorsHeader header, long start) {
    this.file = file;
    this.channel = channel;
    this.header = header;
    this.start = start;
  }

  /**
   * Opens a file and reads its header; the length of the file is checked against it.
   *
   * @param last is asked for the header, and remembers it; the same header is the same object
   * @throws SourceException if the file cannot be read or is not whole
   */
  @SuppressWarnings("MustBeClosedChecker") // closed below, or with the file
  static SafetensorsFile open(Path file, LastHeader last) throws SourceException {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file);
      SafetensorsFile opened = open(file, channel, last);
      channel = null;
      return opened;
    } catch (IOException e) {
      throw unreadable(file, e);
    } finally {
      closeQuietly(channel);
    }
  }

  private static SafetensorsFile open(Path file, FileChannel channel, LastHeader last)
      throws IOException, SourceException {
    long bytes = channel.size();
    if (bytes < Long.BYTES) {
      throw new SourceException(
          "%s is not a safetensors file: %d bytes are too few".formatted(file, bytes));
    }
    long length = read(channel, 0, ByteBuffer.allocate(Long.BYTES)).getLong(0);
    if (length < 0 || length > SafetensorsHeader.MAX_BYTES || length > bytes - Long.BYTES) {
      String problem =
          "%s is truncated or not a safetensors file: its header should have %s bytes, the file has %d"
              .formatted(file, Long.toUnsignedString(length), bytes);
      throw new SourceException(GitLfs.problem(file).orElse(problem));
    }
    long start = Long.BYTES + length;
    try {
      byte[] json = read(channel, Long.BYTES, ByteBuffer.allocate((int) length)).array();
      return new SafetensorsFile(file, channel, last.parse(json, bytes - start), start);
    } catch (IllegalArgumentException e) {
      throw new SourceException(file + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new SourceException(
          "%s: its header of %d bytes finds no room in memory; give more (SGS_ARS_JAVA_OPTS=-Xmx4g)"
              .formatted(file, length),
          e);
    }
  }

  /** Fills the buffer from a place in the file, and flips it. */
  private static ByteBuffer read(FileChannel channel, long from, ByteBuffer buffer)
      throws IOException {
    int bytes = buffer.capacity();
    long at = from;
    while (buffer.position() < bytes) {
      buffer.limit(Math.min(bytes, buffer.position() + PIECE_BYTES));
      int count = channel.read(buffer, at);
      if (count < 0) {
        throw new java.io.EOFException();
      }
      at += count;
    }
    return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static SourceException unreadable(Path file, IOException e) {
    return new SourceException(file + " cannot be read: " + FileProblem.reason(e), e);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // It was only read.
    }
  }

  /** What it says of its tensors. */
  SafetensorsHeader header() {
    return header;
  }

  /**
   * The tensors with at least one value, in the order of their data.
   *
   * @throws SourceException if one has a name or a shape that no layer can have
   */
  List<ParameterShape> parameters() throws SourceException {
    List<ParameterShape> parameters = new ArrayList<>();
    List<Map.Entry<String, Tensor>> inOrder =
        header.tensors().entrySet().stream()
            .filter(e -> !e.getValue().shape().isEmpty() && !e.getValue().shape().contains(0L))
            .sorted(java.util.Comparator.comparingLong(e -> e.getValue().from()))
            .toList();
    for (Map.Entry<String, Tensor> entry : inOrder) {
      parameters.add(parameter(entry.getKey(), entry.getValue()));
    }
    return parameters;
  }

  private ParameterShape parameter(String name, Tensor tensor) throws SourceException {
    if (!PlainText.isPlain(name)) {
      throw bad("tensor name '%s' holds control characters".formatted(PlainText.of(name)));
    }
    for (long size : tensor.shape()) {
      // Its values are in the file, so that its sizes are positive as signed numbers too.
      if (size > Integer.MAX_VALUE) {
        throw bad(
            "tensor %s of shape %s is too large; allowed: sizes up to %d"
                .formatted(name, tensor.shapeText(), Integer.MAX_VALUE));
      }
    }
    return new ParameterShape(name, tensor.shape().stream().map(Long::intValue).toList());
  }

  /** Whether there is a tensor of this name. */
  boolean has(ParameterShape parameter) {
    return header.tensors().containsKey(parameter.name());
  }

  /**
   * Whether a tensor could be read.
   *
   * @throws SourceException as {@link #values}
   */
  void check(ParameterShape parameter) throws SourceException {
    placed(parameter);
  }

  /**
   * A tensor's values as little-endian float32.
   *
   * @throws SourceException if it is missing, of another shape, or of a type without gradients
   */
  ByteBuffer values(ParameterShape parameter) throws SourceException {
    Tensor tensor = placed(parameter);
    try {
      return switch (tensor.type()) {
        case F16 -> widened(tensor, SafetensorsFile::half);
        case BF16 -> widened(tensor, bits -> Float.intBitsToFloat(bits << 16));
        default ->
            read(
                channel,
                start + tensor.from(),
                ByteBuffer.allocate(Math.toIntExact(tensor.to() - tensor.from())));
      };
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (OutOfMemoryError e) {
      throw TraceMemory.problem(file, "tensor " + parameter.name(), 4 * parameter.elements(), e);
    }
  }

  /** A tensor that is there as it should be. */
  private Tensor placed(ParameterShape parameter) throws SourceException {
    Tensor tensor = header.tensors().get(parameter.name());
    if (tensor == null) {
      throw bad("tensor " + parameter.name() + " is missing");
    }
    List<Long> shape = parameter.shape().stream().map(Integer::longValue).toList();
    if (!tensor.shape().equals(shape)) {
      throw bad(
          "tensor %s has shape %s, but had %s before"
              .formatted(parameter.name(), tensor.shapeText(), parameter.shape()));
    }
    if (!GRADIENTS.contains(tensor.type())) {
      throw bad(
          "tensor %s has type %s; allowed: F32, F16, BF16"
              .formatted(parameter.name(), tensor.type()));
    }
    return tensor;
  }

  private interface Widening {
    float apply(int bits);
  }

  private ByteBuffer widened(Tensor tensor, Widening widening) throws IOException {
    int count = Math.toIntExact((tensor.to() - tensor.from()) / 2);
    ByteBuffer wide =
        ByteBuffer.allocate(Math.multiplyExact(4, count)).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer piece = ByteBuffer.allocate(Math.min(2 * count, PIECE_BYTES));
    for (int done = 0; done < count; done += piece.limit() / 2) {
      piece.clear().limit(Math.min(piece.capacity(), 2 * (count - done)));
      ByteBuffer read = read(channel, start + tensor.from() + 2L * done, piece.slice());
      for (int i = 0; i < read.limit() / 2; i++) {
        wide.putFloat(4 * (done + i), widening.apply(read.getShort(2 * i) & 0xFFFF));
      }
    }
    return wide;
  }

  /** IEEE binary16 to binary32, exactly. */
  static float half(int bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    if (exponent == 0) {
      // Subnormal: fraction * 2^-24, which float32 holds exactly.
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
    }
    int wideExponent = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << 13);
  }

  private SourceException bad(String problem) {
    return new SourceException(file + ": " + problem);
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }
}
