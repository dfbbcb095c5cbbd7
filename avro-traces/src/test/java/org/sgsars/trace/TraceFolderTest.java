package org.sgsars.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.file.TensorFiles;
import org.sgsars.model.LayerShape;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.MissingGradients;
import org.sgsars.source.trace.TraceMemory;
import org.sgsars.source.trace.Traces;

/** What a folder may hold beside whole iterations of all layers. */
final class TraceFolderTest {
  @TempDir private Path home = Path.of("");
  private Path folder = Path.of("");

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(home.resolve("trace"));
  }

  /** A file of tensors such as {@code a.weight[2,2]}, all of whose values are the same. */
  private Path file(String name, float value, String... tensors) throws IOException {
    return TensorFiles.write(folder.resolve(name), i -> value, tensors);
  }

  private Path sparse(String name, String... tensors) throws IOException {
    return TensorFiles.writeZeros(folder.resolve(name), tensors);
  }

  private GradientSource open(MissingGradients missing) throws SourceException {
    return Traces.open(folder, missing);
  }

  /** The first weight of every layer and iteration. */
  private List<List<Float>> firstWeights(Path trace, MissingGradients missing) throws Exception {
    List<List<Float>> all = new ArrayList<>();
    try (GradientSource source = Traces.open(trace, missing)) {
      for (List<LayerTensor> t = source.next(); t != null; t = source.next()) {
        all.add(t.stream().map(tensor -> tensor.weights().getFloat(0)).toList());
      }
    }
    return all;
  }

  private void layerDrop() throws IOException {
    file("0.safetensors", 1, "a.weight[2,2]", "b.weight[2,2]", "b.bias[2]");
    file("1.safetensors", 2, "a.weight[2,2]");
    file("2.safetensors", 3, "b.weight[2,2]", "b.bias[2]", "a.weight[2,2]");
  }

  @Test
  void open_gradientsMissing_namesFileIterationAndTensors() throws Exception {
    layerDrop();

    assertThatThrownBy(() -> open(MissingGradients.REFUSE))
        .isInstanceOf(SourceException.class)
        .hasMessage(
            folder.resolve("1.safetensors")
                + ": iteration 1 lacks b.weight, b.bias, which 0.safetensors has; if gradients that are missing are zero, give missing: zero");
  }

  @Test
  void next_missingIsZero_givesZerosAndSaysHowMany() throws Exception {
    layerDrop();

    try (GradientSource source = open(MissingGradients.ZERO)) {
      assertThat(source.notices())
          .containsExactly(
              "how layers lie on crossbars is inferred from names and shapes, as there is no layers.json",
              "all 10 values on crossbars",
              "2 of 9 gradients are missing and taken as zero, those of b.weight, b.bias");
      source.next();
      LayerTensor missing = Objects.requireNonNull(source.next()).get(1);
      assertThat(missing.weights()).isEqualTo(ByteBuffer.allocate(16));
      assertThat(missing.biases()).isEqualTo(ByteBuffer.allocate(8));
    }
    assertThat(firstWeights(folder, MissingGradients.ZERO))
        .containsExactly(List.of(1f, 1f), List.of(2f, 0f), List.of(3f, 3f));
  }

  @Test
  void open_tensorOfLaterFilesOnly_isRefusedByName() throws Exception {
    file("0.safetensors", 1, "b.weight[2,2]");
    file("1.safetensors", 1, "b.weight[2,2]", "a.weight[2,2]");

    assertThatThrownBy(() -> open(MissingGradients.REFUSE))
        .hasMessage(
            folder.resolve("1.safetensors")
                + ": iteration 1 has a.weight, which 0.safetensors lacks; if gradients that are missing are zero, give missing: zero");
  }

  /** Layers that were unfrozen later come behind those before, file by file. */
  @Test
  void layers_missingIsZero_areThoseOfAllFilesInTheirOrder() throws Exception {
    file("0.safetensors", 1, "c.weight[2,2]");
    file("1.safetensors", 1, "b.weight[2,2]", "c.weight[2,2]");
    file("2.safetensors", 1, "a.weight[2,2]", "a.bias[2]", "b.weight[2,2]");

    try (GradientSource source = open(MissingGradients.ZERO)) {
      assertThat(source.layers()).extracting(LayerShape::name).containsExactly("c", "b", "a");
      assertThat(source.layers().get(2).hasBias()).isTrue();
    }
    assertThat(firstWeights(folder, MissingGradients.ZERO))
        .containsExactly(List.of(1f, 0f, 0f), List.of(1f, 1f, 0f), List.of(0f, 1f, 1f));
  }

  @Test
  void importFolder_missingIsZero_keepsTheZeros() throws Exception {
    layerDrop();
    Path file = home.resolve("trace.avro");

    Traces.importFolder(folder, file, null, null, MissingGradients.ZERO, Traces.Progress.NONE);

    assertThat(firstWeights(file, MissingGradients.REFUSE))
        .isEqualTo(firstWeights(folder, MissingGradients.ZERO));
    assertThatThrownBy(
            () ->
                Traces.importFolder(
                    folder, file, null, null, MissingGradients.REFUSE, Traces.Progress.NONE))
        .hasMessageContaining("iteration 1 lacks b.weight, b.bias");
  }

  /** Zero stands for a gradient that was not there, not for a weight. */
  @Test
  void initialWeights_missing_areNoZeros() throws Exception {
    layerDrop();
    Path weights = file("initial-weights.safetensors", 1, "a.weight[2,2]");

    try (GradientSource source = open(MissingGradients.ZERO)) {
      assertThatThrownBy(source::initialWeights)
          .hasMessage(weights + ": tensor b.weight is missing");
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(MissingGradients.class)
  void open_shapesThatDiffer_areRefused(MissingGradients missing) throws Exception {
    file("0.safetensors", 1, "a.weight[2,3]");
    Path second = file("1.safetensors", 1, "a.weight[3,2]");

    assertThatThrownBy(() -> open(missing))
        .hasMessage(second + ": tensor a.weight has shape [3, 2], but had [2, 3] before");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"2.safetensors", "initial-weights.safetensors"})
  void open_anyFileTruncated_isRefusedBeforeTheFirstIteration(String name) throws Exception {
    for (int i = 0; i < 4; i++) {
      file(i + ".safetensors", 1, "a.weight[2,2]");
    }
    Path file = file(name, 1, "a.weight[2,2]");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));

    assertThatThrownBy(() -> open(MissingGradients.REFUSE))
        .hasMessage(
            file
                + ": tensor a.weight should lie at bytes 0 to 16 of 15; the file is truncated or corrupt");
  }

  @Test
  void open_manyTensorsMissing_namesTen() throws Exception {
    String[] tensors = new String[30_000];
    for (int i = 0; i < tensors.length; i++) {
      tensors[i] = "layer%d.weight[1,1]".formatted(i);
    }
    file("0.safetensors", 1, tensors);
    Path second = file("1.safetensors", 1, tensors[0]);

    assertThatThrownBy(() -> open(MissingGradients.REFUSE))
        .hasMessageStartingWith(second + ": iteration 1 lacks layer1.weight, layer2.weight, ")
        .hasMessageContaining("layer10.weight and 29,989 more, which 0.safetensors has");
  }

  @Test
  void notices_whatIsNoIteration_isCountedAndNamed() throws Exception {
    file("0.safetensors", 1, "a.weight[2,2]");
    Files.createFile(folder.resolve("._0.safetensors"));
    Files.createFile(folder.resolve(".DS_Store"));
    Files.createDirectory(folder.resolve("old"));
    Files.createFile(folder.resolve("final-weights.safetensors"));

    try (GradientSource source = open(MissingGradients.REFUSE)) {
      assertThat(source.notices())
          .containsExactly(
              "how layers lie on crossbars is inferred from names and shapes, as there is no layers.json",
              "all 4 values on crossbars",
              folder
                  + ": skipped 2 hidden (.DS_Store, ._0.safetensors); 1 folder (old); 1 other file (final-weights.safetensors)");
    }
  }

  @Test
  void open_gitLfsPointer_isCalledOne() throws Exception {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 133\n";
    Path iteration = Files.writeString(folder.resolve("0.safetensors"), pointer);
    Path avro = Files.writeString(home.resolve("trace.avro"), pointer);

    for (Path path : List.of(iteration, avro)) {
      assertThatThrownBy(() -> Traces.open(path == avro ? avro : folder, MissingGradients.REFUSE))
          .hasMessage(
              path
                  + " is a Git LFS pointer, not the data itself; fetch that by git lfs pull in its repository");
    }
  }

  /** 3 GB, of which only what is on crossbars is read. */
  @Test
  void next_fileOfMoreThanTwoGibibytes_isReadTensorByTensor() throws Exception {
    Path large = sparse("0.safetensors", "embedding[800000000]", "a.weight[2,2]", "a.bias[2]");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.seek(file.length() - 24);
      file.write(new byte[] {0, 0, (byte) 0x80, 0x3f});
    }

    try (GradientSource source = open(MissingGradients.REFUSE)) {
      assertThat(Objects.requireNonNull(source.next()).get(0).weights().getFloat(0)).isEqualTo(1);
      assertThat(source.notices())
          .containsExactly(
              "how layers lie on crossbars is inferred from names and shapes, as there is no layers.json",
              "0.0 % of 800,000,006 values on crossbars; digital: embedding");
    }
  }

  /** Two tensors of 1.5 GB each can be held, if memory is given; one of 3 GB never. */
  @Test
  void open_tensorLongerThanAnArray_isRefusedByName() throws Exception {
    sparse("0.safetensors", "a.weight[20000,20000]", "b.weight[20000,20000]");
    open(MissingGradients.REFUSE).close();
    Path large = sparse("0.safetensors", "a.weight[2,2]", "b.weight[30000,25000]");

    assertThatThrownBy(() -> open(MissingGradients.REFUSE))
        .hasMessage(
            large
                + ": tensor b.weight of shape [30000, 25000] is too large: it has 750000000 values of four bytes in memory; allowed: at most 536870909 in a tensor");
  }

  @Test
  void requireRoom_moreThanTheProcessHas_saysHowMuchIsNeeded() {
    List<LayerShape> layers = List.of(new LayerShape("a", 20_000, 37_500));
    Path file = Path.of("0.safetensors");

    assertThatThrownBy(() -> TraceMemory.requireRoom(file, layers, 512 << 20))
        .hasMessage(
            "0.safetensors: an iteration takes 3000000000 bytes as float32, and this process has 536870912 for everything; give it more, such as SGS_ARS_JAVA_OPTS=-Xmx4g");
  }
}
