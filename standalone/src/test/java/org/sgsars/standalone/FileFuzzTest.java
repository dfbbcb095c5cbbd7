package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.producer.PreparedRun;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.MissingGradients;
import org.sgsars.source.trace.Traces;

/** Files that are nearly right. They may be read or refused with a reason, and nothing else. */
@Timeout(300)
final class FileFuzzTest {
  private static final int FILES = 500;
  private static final List<String> ODD =
      List.of(
          "-1",
          "0",
          "1e400",
          "99999999999999999999",
          "NaN",
          "~",
          "[]",
          "{}",
          "\t",
          "\u0000",
          "*a",
          "&a",
          "!!java.net.URL x",
          "|",
          "'",
          "\"",
          ":",
          "- ",
          "../../../etc/passwd",
          "é");

  @TempDir private Path folder = Path.of("");

  /** Something that reads a file and may refuse it. */
  @FunctionalInterface
  private interface Reading {
    void read() throws Exception;
  }

  /** Whether it was refused. */
  private static boolean isRefused(Reading reading, String what) {
    try {
      reading.read();
      return false;
    } catch (ExperimentException | SourceException e) {
      assertThat(e.getMessage()).as(what).isNotBlank();
      return true;
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(what, e);
    }
  }

  private static byte[] spoil(byte[] whole, int within, SplittableRandom random) {
    byte[] spoiled = whole.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(Math.min(within, spoiled.length));
      switch (random.nextInt(4)) {
        case 0 -> spoiled[at] = (byte) random.nextInt(256);
        case 1 -> spoiled[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> spoiled = Arrays.copyOf(spoiled, Math.max(1, at));
        default -> spoiled = without(spoiled, at, 1 + random.nextInt(8));
      }
    }
    return spoiled;
  }

  private static byte[] without(byte[] bytes, int at, int count) {
    byte[] less = new byte[Math.max(1, bytes.length - count)];
    System.arraycopy(bytes, 0, less, 0, Math.min(at, less.length));
    if (less.length > at) {
      System.arraycopy(bytes, at + bytes.length - less.length, less, at, less.length - at);
    }
    return less;
  }

  @Test
  void read_spoiledExperiments_areReadOrRefused() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    String text = Files.readString(Runs.PROJECT.resolve("experiments/reference.yml"));
    Path file = Files.createDirectories(folder.resolve("experiments")).resolve("fuzz.yml");
    Files.createDirectories(folder.resolve("traces"));
    Files.copy(
        Runs.PROJECT.resolve("traces/fashion-lenet.avro"),
        folder.resolve("traces/fashion-lenet.avro"));
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      byte[] spoiled =
          random.nextBoolean() ? spoil(bytes, bytes.length, random) : odd(text, random);
      Files.write(file, spoiled);
      boolean isRefused =
          isRefused(
              () ->
                  PreparedRun.of(
                          ExperimentFile.read(file, Runs.POLICIES),
                          Runs.POLICIES,
                          "r",
                          Instant.EPOCH)
                      .source()
                      .close(),
              "experiment " + i);
      refused += isRefused ? 1 : 0;
    }
    assertThat(refused).isBetween(FILES / 4, FILES - 1);
  }

  /** A value, a key or a line replaced by something odd. */
  private static byte[] odd(String text, SplittableRandom random) {
    String[] lines = text.split("\n", -1);
    int at = random.nextInt(lines.length);
    String odd = ODD.get(random.nextInt(ODD.size()));
    lines[at] =
        switch (random.nextInt(3)) {
          case 0 -> lines[at].replaceFirst(":.*", ": " + odd.replace("\\", "/"));
          case 1 -> odd + lines[at];
          default -> lines[at] + "\n" + lines[random.nextInt(lines.length)];
        };
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }

  /** Nine lists of nine of the next: some 400 million if all were made. */
  @Test
  void read_listsOfListsByReference_isRefusedAtOnce() throws Exception {
    StringBuilder text = new StringBuilder("name: x\na0: &a0 [1,1,1,1,1,1,1,1,1]\n");
    for (int i = 1; i < 9; i++) {
      String before = "*a" + (i - 1);
      text.append(
          "a%d: &a%d [%s]\n"
              .formatted(
                  i,
                  i,
                  String.join(
                      ",",
                      List.of(
                          before, before, before, before, before, before, before, before,
                          before))));
    }
    Path file = folder.resolve("bomb.yml");
    Files.writeString(file, text);

    assertThat(isRefused(() -> ExperimentFile.read(file, Runs.POLICIES), "bomb")).isTrue();
  }

  @Test
  void read_spoiledAvroTraces_areReadOrRefused() throws Exception {
    SplittableRandom random = new SplittableRandom(2);
    byte[] whole = Files.readAllBytes(Runs.PROJECT.resolve("traces/fashion-lenet.avro"));
    // Its head, and a little of the data behind it.
    byte[] head = Arrays.copyOf(whole, 200_000);
    Path file = folder.resolve("fuzz.avro");
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      Files.write(file, spoil(head, i % 2 == 0 ? 4000 : head.length, random));
      refused += isRefused(() -> Traces.info(file, MissingGradients.REFUSE), "trace " + i) ? 1 : 0;
    }
    // All of them are cut off.
    assertThat(refused).isEqualTo(FILES);
  }

  @Test
  void read_spoiledSafetensors_areReadOrRefused() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    byte[] whole = safetensors();
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      Path trace = Files.createDirectories(folder.resolve("t" + i));
      Files.write(trace.resolve("0.safetensors"), spoil(whole, whole.length, random));
      refused += isRefused(() -> Traces.info(trace, MissingGradients.REFUSE), "trace " + i) ? 1 : 0;
    }
    assertThat(refused).isBetween(FILES / 4, FILES - 1);
  }

  private static byte[] safetensors() throws Exception {
    byte[] header =
        "{\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},\"fc.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]}}"
            .getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
    out.write(header);
    out.write(new byte[32]);
    return out.toByteArray();
  }
}
