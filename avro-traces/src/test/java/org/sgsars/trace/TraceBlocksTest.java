package org.sgsars.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.RepeatedSource;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.MissingGradients;
import org.sgsars.source.trace.TraceFormat;
import org.sgsars.source.trace.Traces;

/** A trace that is cut short is known before it is read. */
final class TraceBlocksTest {
  private static final int ITERATIONS = 6;

  /** Written once, since noise takes seconds to compress. */
  @TempDir private static Path written = Path.of("");

  @TempDir private Path folder = Path.of("");
  private Path file = Path.of("");

  private static LayerTensor noise(long seed) {
    ByteBuffer values = ByteBuffer.allocate(4 * 512 * 512).order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(seed);
    while (values.hasRemaining()) {
      values.putFloat((float) random.nextDouble());
    }
    return new LayerTensor(values.flip(), ByteBuffer.allocate(0));
  }

  /** Iterations of a mebibyte, each a block of its own. */
  @BeforeAll
  static void writeTrace() throws Exception {
    Path file = written.resolve("trace.avro");
    List<LayerShape> layers =
        MappedNetwork.layersOf(List.of(new ParameterShape("a.weight", List.of(512, 512))));
    try (TraceWriter writer =
        new TraceWriter(
            file, "noise", new TraceFormat.Parameters(layers, Optional.empty()), ITERATIONS, 0)) {
      writer.start(List.of(noise(0)));
      for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        writer.add(List.of(noise(iteration + 1)));
      }
      writer.finish();
    }
  }

  @BeforeEach
  void copyTrace() throws Exception {
    file = Files.copy(written.resolve("trace.avro"), folder.resolve("trace.avro"));
  }

  private void cutTo(int bytes) throws Exception {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), bytes));
  }

  @ParameterizedTest(name = "{0} % of the file")
  @ValueSource(ints = {20, 50, 75, 99})
  void open_cutShort_isRefused(int percent) throws Exception {
    cutTo((int) (Files.size(file) * percent / 100));

    assertThatThrownBy(() -> Traces.open(file, MissingGradients.REFUSE))
        .isInstanceOf(SourceException.class)
        .hasMessageMatching(
            file + " is truncated or corrupt: its block at byte \\d+ should go on to byte .*");
  }

  @Test
  void open_withoutItsLastBlock_isRefused() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    byte[] sync = "sgs-ars trace v1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    int end = bytes.length - sync.length - 1;
    while (!Arrays.equals(bytes, end, end + sync.length, sync, 0, sync.length)) {
      end--;
    }
    cutTo(end + sync.length);

    assertThatThrownBy(() -> Traces.open(file, MissingGradients.REFUSE))
        .isInstanceOf(SourceException.class)
        .hasMessage(
            file
                + " is truncated or corrupt: its last record is of iteration 4, layer 0, where iteration 5, layer 0 should end");
  }

  @Test
  void rewind_traceWithWeights_givesTheSameAgain() throws Exception {
    try (RepeatedSource source =
        new RepeatedSource(() -> Traces.open(file, MissingGradients.REFUSE), 2 * ITERATIONS)) {
      for (int i = 0; i < 2 * ITERATIONS; i++) {
        assertThat(Objects.requireNonNull(source.next()).get(0).weights())
            .isEqualTo(noise(i % ITERATIONS + 1).weights());
      }
      assertThat(source.next()).isNull();
      assertThat(source.initialWeights().get(0).weights()).isEqualTo(noise(0).weights());
    }
    try (GradientSource source = Traces.open(file, MissingGradients.REFUSE)) {
      source.next();
      assertThat(source.rewind()).isTrue();
      assertThat(Objects.requireNonNull(source.next()).get(0).weights())
          .isEqualTo(noise(1).weights());
    }
  }
}
