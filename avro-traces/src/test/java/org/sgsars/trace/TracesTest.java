package org.sgsars.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.GradientChunks;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.RepeatedSource;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.MissingGradients;
import org.sgsars.source.trace.Traces;

final class TracesTest {
  private static final String HEADER =
      "{\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
          + "\"fc.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]},"
          + "\"bn.weight\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[32,40]}}";

  @TempDir private Path folder = Path.of("");

  private static byte[] safetensors(String header, float... values) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  /** Iterations of one layer of 2 x 3 weights and a bias; value i of iteration n is 100 n + i. */
  private Path trace(int iterations) throws IOException {
    Path trace = Files.createDirectory(folder.resolve("trace"));
    for (int iteration = 0; iteration < iterations; iteration++) {
      float[] values = new float[10];
      for (int i = 0; i < values.length; i++) {
        values[i] = 100 * iteration + i;
      }
      Files.write(
          trace.resolve("%06d.safetensors".formatted(iteration)), safetensors(HEADER, values));
    }
    return trace;
  }

  private static List<Float> values(GradientSource source) throws SourceException {
    List<Float> values = new ArrayList<>();
    for (List<LayerTensor> t = source.next(); t != null; t = source.next()) {
      for (LayerTensor tensor : t) {
        for (ByteBuffer part : List.of(tensor.weights(), tensor.biases())) {
          for (int i = 0; i < part.remaining(); i += 4) {
            values.add(part.getFloat(i));
          }
        }
      }
    }
    return values;
  }

  @Test
  void next_safetensorsFolder_givesWeightsThenBiases() throws Exception {
    try (GradientSource source = Traces.open(trace(2), MissingGradients.REFUSE)) {
      assertThat(source.layers()).hasSize(1);
      assertThat(source.notices())
          .containsExactly(
              "how layers lie on crossbars is inferred from names and shapes, as there is no layers.json",
              "80.0 % of 10 values on crossbars; digital: bn.weight");
      assertThat(values(source))
          .containsExactly(
              0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 100f, 101f, 102f, 103f, 104f, 105f, 106f, 107f);
    }
  }

  @Test
  void notices_traceShorterThanTheRun_saysThatItIsRepeated() throws Exception {
    Path trace = trace(2);
    Path avro = folder.resolve("once.avro");
    Traces.importFolder(
        trace, avro, "what it is", 0.5, MissingGradients.REFUSE, Traces.Progress.NONE);

    for (Path form : List.of(trace, avro)) {
      try (RepeatedSource once =
              new RepeatedSource(() -> Traces.open(form, MissingGradients.REFUSE), 2);
          RepeatedSource repeated =
              new RepeatedSource(() -> Traces.open(form, MissingGradients.REFUSE), 7)) {
        List<String> others = once.notices();

        // Two iterations are read four times for seven.
        assertThat(repeated.notices().subList(0, others.size())).isEqualTo(others);
        assertThat(repeated.notices())
            .hasSize(others.size() + 1)
            .last()
            .asString()
            .startsWith("the source's 2 iterations of gradients are repeated to 7 (read 4 times)");
      }
    }
  }

  @Test
  void importFolder_bothForms_giveTheSameAndTwiceTheSameBytes() throws Exception {
    Path trace = trace(3);
    Path once = folder.resolve("once.avro");
    Path twice = folder.resolve("twice.avro");

    Traces.importFolder(
        trace, once, "what it is", 0.5, MissingGradients.REFUSE, Traces.Progress.NONE);
    Traces.importFolder(
        trace, twice, "what it is", 0.5, MissingGradients.REFUSE, Traces.Progress.NONE);

    assertThat(Files.readAllBytes(once)).isEqualTo(Files.readAllBytes(twice));
    try (GradientSource avro = Traces.open(once, MissingGradients.REFUSE);
        GradientSource safetensors = Traces.open(trace, MissingGradients.REFUSE)) {
      assertThat(avro.layers()).isEqualTo(safetensors.layers());
      assertThat(avro.weightDecay()).isEqualTo(0.5);
      assertThat(avro.description()).isEqualTo("what it is");
      assertThat(values(avro)).isEqualTo(values(safetensors));
    }
  }

  @Test
  void next_repeated_beginsAgainUntilTheIterationsAreGiven() throws Exception {
    Path trace = trace(2);
    try (GradientSource source =
        new RepeatedSource(() -> Traces.open(trace, MissingGradients.REFUSE), 5)) {
      assertThat(values(source)).hasSize(5 * 8).endsWith(0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f);
    }
  }

  /** By reading whole passes only where it has to, it gives what reading on would give. */
  @ParameterizedTest
  @CsvSource({"0, 0", "0, 1", "0, 7", "3, 1", "3, 3", "5, 49", "5, 50", "1, 51"})
  void goTo_anywhere_givesWhatReadingOnGives(int read, int iteration) throws Exception {
    Path trace = trace(5);
    try (RepeatedSource source =
            new RepeatedSource(() -> Traces.open(trace, MissingGradients.REFUSE), 60);
        RepeatedSource straight =
            new RepeatedSource(() -> Traces.open(trace, MissingGradients.REFUSE), 60)) {
      for (int i = 0; i < read; i++) {
        source.next();
      }
      for (int i = 0; i < iteration; i++) {
        straight.next();
      }

      source.goTo(iteration);

      assertThat(values(source)).isEqualTo(values(straight)).hasSize((60 - iteration) * 8);
    }
  }

  private Path traceWithHeader(String header) throws IOException {
    Path trace = Files.createDirectories(folder.resolve("odd"));
    Files.write(trace.resolve("0.safetensors"), safetensors(header, 1, 2, 3, 4));
    return trace;
  }

  private static String tensor(String name, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, shape, offsets);
  }

  @ParameterizedTest(name = "{0} {1} {2}: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a.weight|[2,2147483647,4]|[0,16]|tensor a.weight of shape [2, 2147483647, 4] and type F32 needs 68719476704 bytes, not 16",
        "a.weight|[3,1]|[0,16]|tensor a.weight of shape [3, 1] and type F32 needs 12 bytes, not 16",
        "a.weight|[2,2]|{}|tensor a.weight has data_offsets that are no list",
        "a.weight|[2,2]|[0.5,16]|tensor a.weight has 0.5 in its data_offsets; allowed: whole numbers from 0 to 2^64 - 1",
        "a.weight|[2,1]|[8,16]|tensor a.weight begins at byte 8 where 0 should come next; the file is corrupt",
        "a.weight|[2,1]|[0,8]|its tensors end at byte 8 of 16",
        "a.weight|[2,-2]|[0,16]|tensor a.weight has -2 in its shape; allowed: whole numbers from 0 to 2^64 - 1",
        "a\\u001b.weight|[2,2]|[0,16]|tensor name 'a?.weight' holds control characters",
      })
  void open_headerThatDoesNotFit_saysWhatDoesNot(
      String name, String shape, String offsets, String problem) throws Exception {
    Path trace = traceWithHeader("{" + tensor(name, shape, offsets) + "}");

    assertThatThrownBy(() -> Traces.open(trace, MissingGradients.REFUSE).close())
        .isInstanceOf(SourceException.class)
        .hasMessage(trace.resolve("0.safetensors") + ": " + problem);
  }

  @Test
  void open_twoLayersOfOneName_namesBoth() throws Exception {
    Path trace =
        traceWithHeader(
            "{"
                + tensor("weight", "[2,1]", "[0,8]")
                + ","
                + tensor("weight.weight", "[1,2]", "[8,16]")
                + "}");

    assertThatThrownBy(() -> Traces.open(trace, MissingGradients.REFUSE).close())
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("Two layers are named weight: those of weight and weight.weight");
  }

  /** As {@code model.state_dict()} has them: with running means, which have no gradients. */
  @Test
  void initialWeights_moreTensorsThanGradients_areThoseOfTheLayers() throws Exception {
    Path trace = trace(1);
    String header = HEADER.replace("bn.weight", "bn.running_mean");
    Files.write(
        trace.resolve("initial-weights.safetensors"),
        safetensors(header, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    try (GradientSource source = Traces.open(trace, MissingGradients.REFUSE)) {
      LayerTensor weights = source.initialWeights().get(0);
      assertThat(weights.weights().getFloat(0)).isEqualTo(9);
      assertThat(weights.biases().getFloat(4)).isEqualTo(2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"trace/000000.safetensors", "trace"})
  void importFolder_ontoWhatIsThere_isRefused(String target) throws Exception {
    Path trace = trace(1);
    byte[] before = Files.readAllBytes(trace.resolve("000000.safetensors"));

    assertThatThrownBy(
            () ->
                Traces.importFolder(
                    trace,
                    folder.resolve(target),
                    null,
                    null,
                    MissingGradients.REFUSE,
                    Traces.Progress.NONE))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("name");

    assertThat(Files.readAllBytes(trace.resolve("000000.safetensors"))).isEqualTo(before);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {-1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
  void importFolder_weightDecayThatIsNone_isRefused(double weightDecay) throws Exception {
    Path trace = trace(1);

    assertThatThrownBy(
            () ->
                Traces.importFolder(
                    trace,
                    folder.resolve("x.avro"),
                    null,
                    weightDecay,
                    MissingGradients.REFUSE,
                    Traces.Progress.NONE))
        .isInstanceOf(SourceException.class)
        .hasMessageEndingWith("allowed: a number from 0 to 1");
  }

  /** Compressed blocks carry checksums, so no other gradients are ever replayed. */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void info_oneBitOfTheDataFlipped_isNotSound(long seed) throws Exception {
    Path file = folder.resolve("x.avro");
    Traces.importFolder(trace(20), file, null, null, MissingGradients.REFUSE, Traces.Progress.NONE);
    byte[] bytes = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(seed);
    int data = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("sgs-ars trace v1") + 24;
    bytes[random.nextInt(data, bytes.length - 16)] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, bytes);

    assertThatThrownBy(() -> Traces.info(file, MissingGradients.REFUSE))
        .isInstanceOf(SourceException.class);
  }

  @Test
  void info_moreAfterTheLastBlock_isNotSound() throws Exception {
    Path file = folder.resolve("x.avro");
    Traces.importFolder(trace(2), file, null, null, MissingGradients.REFUSE, Traces.Progress.NONE);
    Files.write(file, new byte[] {2, 100, 1}, java.nio.file.StandardOpenOption.APPEND);

    assertThatThrownBy(() -> Traces.info(file, MissingGradients.REFUSE))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("is truncated or corrupt: its block at byte");
  }

  /** A long run opens a short trace again and again. */
  @Test
  void next_thousandsOfRepeats_continues() throws Exception {
    Path file = folder.resolve("x.avro");
    Traces.importFolder(trace(1), file, null, null, MissingGradients.REFUSE, Traces.Progress.NONE);

    try (GradientSource source =
        new RepeatedSource(() -> Traces.open(file, MissingGradients.REFUSE), 3_000)) {
      long iterations = 0;
      while (source.next() != null) {
        iterations++;
      }
      assertThat(iterations).isEqualTo(3_000);
    }
  }

  @Test
  void open_missingIteration_namesIt() throws Exception {
    Path trace = trace(3);
    Files.delete(trace.resolve("000001.safetensors"));

    assertThatThrownBy(() -> Traces.open(trace, MissingGradients.REFUSE))
        .isInstanceOf(SourceException.class)
        .hasMessage(trace + ": iteration 1 is missing; 000002.safetensors comes next");
  }

  @Test
  void next_notFinite_namesFileTensorAndIndex() throws Exception {
    Path trace = trace(1);
    Path second = trace.resolve("000001.safetensors");
    Files.write(second, safetensors(HEADER, 1, 2, 3, 4, Float.NEGATIVE_INFINITY, 0, 0, 0, 0, 0));

    try (GradientSource source = Traces.open(trace, MissingGradients.REFUSE)) {
      source.next();
      assertThatThrownBy(source::next)
          .hasMessage(
              second
                  + ": tensor fc.weight has -Infinity at index 4; only finite values can be replayed");
    }
  }

  @Test
  void open_anotherShape_namesBothShapes() throws Exception {
    Path trace = trace(1);
    Path second = trace.resolve("000001.safetensors");
    Files.write(
        second, safetensors(HEADER.replace("[2,3]", "[3,2]"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));

    assertThatThrownBy(() -> Traces.open(trace, MissingGradients.REFUSE))
        .hasMessage(second + ": tensor fc.weight has shape [3, 2], but had [2, 3] before");
  }

  @Test
  void open_truncated_namesTheTensor() throws Exception {
    Path trace = trace(1);
    Path file = trace.resolve("000000.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 20));

    assertThatThrownBy(() -> Traces.open(trace, MissingGradients.REFUSE))
        .hasMessage(
            file
                + ": tensor fc.weight should lie at bytes 0 to 24 of 20; the file is truncated or corrupt");
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void info_corrupted_saysWhatIsWrongOrReads(long seed) throws Exception {
    Path trace = trace(3);
    Path avro = folder.resolve("trace.avro");
    Traces.importFolder(trace, avro, null, null, MissingGradients.REFUSE, Traces.Progress.NONE);
    SplittableRandom random = new SplittableRandom(seed);
    Path first = trace.resolve("000000.safetensors");
    for (int i = 0; i < 100; i++) {
      infoOfCorrupted(first, trace, random);
      infoOfCorrupted(avro, avro, random);
    }
  }

  private static void infoOfCorrupted(Path file, Path trace, SplittableRandom random)
      throws IOException {
    byte[] sound = Files.readAllBytes(file);
    byte[] corrupt = sound.clone();
    corrupt[random.nextInt(corrupt.length)] = (byte) random.nextInt(256);
    int length = random.nextBoolean() ? corrupt.length : random.nextInt(corrupt.length);
    Files.write(file, java.util.Arrays.copyOf(corrupt, length));
    try {
      Traces.info(trace, MissingGradients.REFUSE);
    } catch (SourceException e) {
      assertThat(e).message().isNotBlank();
    } finally {
      Files.write(file, sound);
    }
  }

  @ParameterizedTest(name = "{0} bytes per chunk")
  @ValueSource(ints = {1, 4, 7, 8, 12, 1 << 18})
  void chunks_anySize_putTogetherAreTheTensor(int chunkValues) {
    LayerShape layer =
        MappedNetwork.layersOf(
                List.of(
                    new ParameterShape("fc.weight", List.of(5, 3)),
                    new ParameterShape("fc.bias", List.of(5))))
            .get(0);
    ByteBuffer weights = ByteBuffer.allocate(4 * 15);
    ByteBuffer biases = ByteBuffer.allocate(4 * 5);
    new SplittableRandom(1).nextBytes(weights.array());
    new SplittableRandom(2).nextBytes(biases.array());

    ByteBuffer weightsAgain = ByteBuffer.allocate(4 * 15);
    ByteBuffer biasesAgain = ByteBuffer.allocate(4 * 5);
    int next = 0;
    for (GradientChunks.Chunk chunk :
        GradientChunks.of(layer, new LayerTensor(weights, biases), chunkValues)) {
      assertThat(chunk.firstOutput()).isEqualTo(next);
      next += chunk.outputs();
      weightsAgain.put(chunk.weights());
      biasesAgain.put(chunk.biases());
    }

    assertThat(weightsAgain.array()).isEqualTo(weights.array());
    assertThat(biasesAgain.array()).isEqualTo(biases.array());
  }
}
