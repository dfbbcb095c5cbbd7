package org.sgsars.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/**
 * Safetensors files of float32, for tests. Tensors are given with their shapes, such as {@code
 * fc.weight[3,2]}, and lie in the file in this order.
 */
public final class TensorFiles {
  private TensorFiles() {}

  /**
   * Writes a file.
   *
   * @param value of each index, counted through all tensors
   */
  public static Path write(Path file, IntToDoubleFunction value, String... tensors)
      throws IOException {
    byte[] header = header(tensors);
    int values = Math.toIntExact(values(tensors));
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.addExact(8 + header.length, Math.multiplyExact(4, values)))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    for (int i = 0; i < values; i++) {
      bytes.putFloat((float) value.applyAsDouble(i));
    }
    return Files.write(file, bytes.array());
  }

  /** Writes a file of zeros that takes no room on the disk, however large its tensors are. */
  public static Path writeZeros(Path path, String... tensors) throws IOException {
    byte[] header = header(tensors);
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(length.putLong(header.length).array());
      file.write(header);
      file.setLength(8 + header.length + 4 * values(tensors));
    }
    return path;
  }

  private static byte[] header(String... tensors) {
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (String tensor : tensors) {
      long to = at + 4 * values(tensor);
      header
          .append(at == 0 ? "" : ",")
          .append(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(
                      tensor.substring(0, tensor.indexOf('[')),
                      tensor.substring(tensor.indexOf('[')),
                      at,
                      to));
      at = to;
    }
    return header.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static long values(String... tensors) {
    long values = 0;
    for (String tensor : tensors) {
      String shape = tensor.substring(tensor.indexOf('[') + 1, tensor.length() - 1);
      values +=
          Stream.of(shape.split(",", -1)).mapToLong(Long::parseLong).reduce(1, Math::multiplyExact);
    }
    return values;
  }
}
