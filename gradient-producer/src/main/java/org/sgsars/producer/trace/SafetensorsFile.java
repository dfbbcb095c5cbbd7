package org.sgsars.producer.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sgsars.contract.experiment.FileProblem;
import org.sgsars.contract.model.ParameterShape;
import org.sgsars.contract.model.PlainText;
import org.sgsars.producer.core.SourceException;

/**
 * One safetensors file: eight bytes of little-endian header length, a JSON header that gives every
 * tensor's type, shape and place, then the raw little-endian data.
 */
final class SafetensorsFile {
  private static final int MAX_HEADER_BYTES = 100 << 20;
  private static final long MAX_ELEMENTS = Integer.MAX_VALUE;
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxNumberLength(20)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Element types that hold gradients. */
  private enum Type {
    F32(4),
    F16(2),
    BF16(2);

    final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  private record Entry(String type, List<Integer> shape, long from, long to) {}

  private final Path file;
  private final ByteBuffer data;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafetensorsFile(Path file, ByteBuffer data) {
    this.file = file;
    this.data = data;
  }

  /**
   * @throws SourceException if the file cannot be read or is not whole
   */
  static SafetensorsFile read(Path file) throws SourceException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new SourceException(file + " cannot be read: " + FileProblem.reason(e), e);
    }
    ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < Long.BYTES) {
      throw new SourceException(
          "%s is not a safetensors file: %d bytes are too few".formatted(file, bytes.length));
    }
    long header = all.getLong(0);
    if (header < 2 || header > Math.min(MAX_HEADER_BYTES, bytes.length - Long.BYTES)) {
      throw new SourceException(
          "%s is truncated or not a safetensors file: its header should have %d bytes, the file has %d"
              .formatted(file, header, bytes.length));
    }
    int start = Long.BYTES + (int) header;
    SafetensorsFile read =
        new SafetensorsFile(
            file, all.slice(start, bytes.length - start).order(ByteOrder.LITTLE_ENDIAN));
    read.readHeader(bytes, (int) header);
    return read;
  }

  private void readHeader(byte[] bytes, int length) throws SourceException {
    JsonNode header;
    try {
      header = JSON.readTree(bytes, Long.BYTES, length);
    } catch (MismatchedInputException e) {
      throw bad("its header goes on after the JSON object");
    } catch (JsonProcessingException e) {
      throw bad("its header is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw bad("its header is not JSON: " + e.getMessage());
    }
    if (header == null || !header.isObject()) {
      throw bad("its header is not a JSON object");
    }
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (field.getKey().equals("__metadata__")) {
        if (!field.getValue().isObject()) {
          throw bad("its __metadata__ is not a JSON object");
        }
        field.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        entries.put(field.getKey(), entry(field.getKey(), field.getValue()));
      }
    }
    checkPlaces();
  }

  /** The tensors' data follow one another without gap or overlap to the end of the file. */
  private void checkPlaces() throws SourceException {
    List<Map.Entry<String, Entry>> inOrder =
        entries.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().from())
                    .thenComparingLong(e -> e.getValue().to()))
            .toList();
    long end = 0;
    for (Map.Entry<String, Entry> tensor : inOrder) {
      if (tensor.getValue().from() != end) {
        throw bad(
            "tensor %s begins at byte %d where %d should come next; the file is corrupt"
                .formatted(tensor.getKey(), tensor.getValue().from(), end));
      }
      end = tensor.getValue().to();
    }
    if (end != data.capacity()) {
      throw bad("its tensors end at byte %d of %d".formatted(end, data.capacity()));
    }
  }

  private Entry entry(String tensor, JsonNode node) throws SourceException {
    JsonNode offsets = node.path("data_offsets");
    JsonNode dimensions = node.path("shape");
    if (!PlainText.isPlain(tensor)) {
      throw bad("tensor name '%s' holds control characters".formatted(PlainText.of(tensor)));
    }
    if (!node.path("dtype").isTextual()
        || !dimensions.isArray()
        || !offsets.isArray()
        || offsets.size() != 2) {
      throw bad("tensor " + tensor + " lacks dtype, shape or data_offsets");
    }
    List<Integer> shape = new ArrayList<>();
    long elements = 1;
    for (JsonNode size : dimensions) {
      if (!size.isInt() || size.intValue() < 0) {
        throw bad("tensor " + tensor + " has shape " + dimensions);
      }
      shape.add(size.intValue());
      elements *= size.intValue();
      // More than any file holds: no need to go on multiplying.
      if (elements > MAX_ELEMENTS) {
        throw bad("tensor %s of shape %s is too large".formatted(tensor, dimensions));
      }
    }
    if (!isLong(offsets.get(0)) || !isLong(offsets.get(1))) {
      throw bad("tensor " + tensor + " has data_offsets " + offsets);
    }
    long from = offsets.get(0).longValue();
    long to = offsets.get(1).longValue();
    if (from < 0 || to < from || to > data.capacity()) {
      throw bad(
          "tensor %s should lie at bytes %d to %d of %d; the file is truncated or corrupt"
              .formatted(tensor, from, to, data.capacity()));
    }
    return new Entry(node.path("dtype").asText(), shape, from, to);
  }

  private static boolean isLong(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong();
  }

  /** The file's metadata. */
  Map<String, String> metadata() {
    return metadata;
  }

  /** Names of all tensors, in the order of the header. */
  Set<String> names() {
    return entries.keySet();
  }

  /** The tensors with at least one value, in the order of their data. */
  List<ParameterShape> parameters() {
    return entries.entrySet().stream()
        .filter(e -> !e.getValue().shape().isEmpty() && !e.getValue().shape().contains(0))
        .sorted(Comparator.comparingLong(e -> e.getValue().from()))
        .map(e -> new ParameterShape(e.getKey(), e.getValue().shape()))
        .toList();
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
    Entry entry = placed(parameter);
    Type type = type(parameter.name(), entry.type());
    int bytes = (int) (entry.to() - entry.from());
    ByteBuffer raw = data.slice((int) entry.from(), bytes).order(ByteOrder.LITTLE_ENDIAN);
    return switch (type) {
      case F32 -> raw;
      case F16 -> widened(raw, SafetensorsFile::half);
      case BF16 -> widened(raw, bits -> Float.intBitsToFloat(bits << 16));
    };
  }

  /** A tensor that lies in the file as it should. */
  private Entry placed(ParameterShape parameter) throws SourceException {
    Entry entry = entries.get(parameter.name());
    if (entry == null) {
      throw bad("tensor " + parameter.name() + " is missing");
    }
    if (!entry.shape().equals(parameter.shape())) {
      throw bad(
          "tensor %s has shape %s, but had %s before"
              .formatted(parameter.name(), entry.shape(), parameter.shape()));
    }
    Type type = type(parameter.name(), entry.type());
    long bytes = parameter.elements() * type.bytes;
    if (bytes != entry.to() - entry.from()) {
      throw bad(
          "tensor %s of shape %s and type %s needs %d bytes, not %d"
              .formatted(parameter.name(), entry.shape(), type, bytes, entry.to() - entry.from()));
    }
    return entry;
  }

  private Type type(String tensor, String name) throws SourceException {
    for (Type type : Type.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw bad("tensor %s has type %s; allowed: F32, F16, BF16".formatted(tensor, name));
  }

  private interface Widening {
    float apply(int bits);
  }

  private static ByteBuffer widened(ByteBuffer raw, Widening widening) {
    int count = raw.remaining() / 2;
    ByteBuffer wide =
        ByteBuffer.allocate(Math.multiplyExact(4, count)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      wide.putFloat(4 * i, widening.apply(raw.getShort(2 * i) & 0xFFFF));
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
}
