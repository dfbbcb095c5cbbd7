package org.sgsars.source.trace;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.sgsars.model.PlainText;

/**
 * The header of a safetensors file. It is accepted or refused as the reference library does, the
 * Rust crate {@code safetensors} 0.8: what follows from its JSON parser, such as that the last of
 * two tensors of one name counts, holds here too, so that a file means the same in both.
 *
 * @param metadata as the file gives it; empty without any
 * @param tensors by name, in the order of the header
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Tensor> tensors) {
  static final int MAX_BYTES = 100_000_000;

  SafetensorsHeader {
    metadata = Collections.unmodifiableMap(metadata);
    tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * A tensor's entry.
   *
   * @param type of its values
   * @param shape unsigned sizes of its dimensions
   * @param from first byte, from the beginning of the data; unsigned
   * @param to byte behind its last; unsigned
   */
  record Tensor(Dtype type, List<Long> shape, long from, long to) {
    String shapeText() {
      return shape.stream().map(Long::toUnsignedString).toList().toString();
    }
  }

  /** The reference's element types. */
  enum Dtype {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16),
    BF16(16),
    I32(32),
    U32(32),
    F32(32),
    C64(64),
    F64(64),
    I64(64),
    U64(64);

    private final int bits;

    Dtype(int bits) {
      this.bits = bits;
    }

    int bits() {
      return bits;
    }
  }

  /**
   * @param json the header's bytes
   * @param dataBytes that follow it in the file
   * @throws IllegalArgumentException if the reference would refuse it; the message says why
   */
  static SafetensorsHeader parse(byte[] json, long dataBytes) {
    SafetensorsHeader header = SafetensorsHeaderReader.read(decode(json));
    header.checkPlaces(dataBytes);
    return header;
  }

  /** UTF-8 and nothing else: a JSON library alone would guess other encodings. */
  private static String decode(byte[] json) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("its header is not UTF-8 text", e);
    }
  }

  /** The tensors' data follow one another without gap or overlap to the end of the file. */
  private void checkPlaces(long dataBytes) {
    List<Map.Entry<String, Tensor>> inOrder =
        tensors.entrySet().stream()
            .sorted(
                Map.Entry.comparingByValue(
                    Comparator.comparing(Tensor::from, Long::compareUnsigned)
                        .thenComparing(Tensor::to, Long::compareUnsigned)))
            .toList();
    long end = 0;
    for (Map.Entry<String, Tensor> entry : inOrder) {
      Tensor tensor = entry.getValue();
      String name = PlainText.of(entry.getKey());
      if (tensor.from() != end) {
        throw new IllegalArgumentException(
            "tensor %s begins at byte %s where %s should come next; the file is corrupt"
                .formatted(name, Long.toUnsignedString(tensor.from()), Long.toUnsignedString(end)));
      }
      requireSize(name, tensor);
      end = tensor.to();
      if (Long.compareUnsigned(end, dataBytes) > 0) {
        throw new IllegalArgumentException(
            "tensor %s should lie at bytes %s to %s of %d; the file is truncated or corrupt"
                .formatted(
                    name,
                    Long.toUnsignedString(tensor.from()),
                    Long.toUnsignedString(end),
                    dataBytes));
      }
    }
    if (end != dataBytes) {
      throw new IllegalArgumentException(
          "its tensors end at byte %d of %d".formatted(end, dataBytes));
    }
  }

  private static void requireSize(String name, Tensor tensor) {
    long bits = tensor.type().bits();
    long values = 1;
    for (long size : tensor.shape()) {
      values = product(name, tensor, values, size);
    }
    bits = product(name, tensor, values, bits);
    String of =
        "tensor %s of shape %s and type %s".formatted(name, tensor.shapeText(), tensor.type());
    if (bits % Byte.SIZE != 0) {
      throw new IllegalArgumentException("%s does not end at a whole byte".formatted(of));
    }
    String from = Long.toUnsignedString(tensor.from());
    String to = Long.toUnsignedString(tensor.to());
    if (Long.compareUnsigned(tensor.to(), tensor.from()) < 0) {
      throw new IllegalArgumentException("%s ends at byte %s, before %s".formatted(of, to, from));
    }
    String needed = Long.toUnsignedString(Long.divideUnsigned(bits, Byte.SIZE));
    String given = Long.toUnsignedString(tensor.to() - tensor.from());
    if (!needed.equals(given)) {
      throw new IllegalArgumentException("%s needs %s bytes, not %s".formatted(of, needed, given));
    }
  }

  /** The reference counts in unsigned 64-bit numbers. */
  private static long product(String name, Tensor tensor, long a, long b) {
    if (a != 0 && Long.compareUnsigned(b, Long.divideUnsigned(-1, a)) > 0) {
      throw new IllegalArgumentException(
          "tensor %s of shape %s is too large".formatted(name, tensor.shapeText()));
    }
    return a * b;
  }
}
