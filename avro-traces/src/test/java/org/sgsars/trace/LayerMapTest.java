package org.sgsars.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sgsars.mapping.LayerRules.axes;
import static org.sgsars.mapping.LayerRules.digital;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.file.TensorFiles;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.LayerMap;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.MissingGradients;
import org.sgsars.source.trace.TraceFormat;
import org.sgsars.source.trace.Traces;

/** How a trace's layers lie: by its layers.json, by an experiment's rules, in both forms. */
final class LayerMapTest {
  private static final String MAP =
      """
      {"version": 1,
       "layers": [
         {"name": "attn", "kind": "Conv1D", "weight": "c.weight", "bias": "c.bias"},
         {"name": "dw", "kind": "Conv1d", "weight": "dw.weight", "groups": 2, "axes": "out-in"}],
       "digital": ["pos"]}
      """;

  @TempDir private Path home = Path.of("");
  private Path folder = Path.of("");

  /** Values are numbered from 1 through all tensors: c.weight, c.bias, dw.weight, pos. */
  @BeforeEach
  void makeTrace() throws IOException {
    folder = Files.createDirectory(home.resolve("trace"));
    TensorFiles.write(
        folder.resolve("000000.safetensors"),
        i -> i + 1,
        "c.weight[2,2]",
        "c.bias[2]",
        "dw.weight[2,1,2]",
        "pos[2,2]");
  }

  private void map(String json) throws IOException {
    Files.writeString(folder.resolve("layers.json"), json);
  }

  /** Each layer as {@code name: values of its columns | values of its last row}. */
  private static List<String> read(Path trace, LayerRule... rules) throws SourceException {
    List<String> texts = new ArrayList<>();
    try (GradientSource source = Traces.open(trace, MissingGradients.REFUSE, List.of(rules))) {
      List<LayerTensor> tensors = Objects.requireNonNull(source.next());
      for (int i = 0; i < tensors.size(); i++) {
        texts.add(
            "%s, %s:%s|%s"
                .formatted(
                    source.layers().get(i).name(),
                    source.layers().get(i).map().text(),
                    numbers(tensors.get(i).weights()),
                    numbers(tensors.get(i).biases())));
      }
    }
    return texts;
  }

  private static String numbers(ByteBuffer values) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.remaining(); i += 4) {
      text.append(' ').append((int) values.getFloat(i));
    }
    return text.toString();
  }

  @Test
  void open_layersJson_saysHowLayersLie() throws Exception {
    map(MAP);

    // Two inputs of the first output, then of the second; the two groups' inputs in one column.
    assertThat(read(folder))
        .containsExactly(
            "attn, Conv1D, in-out: 1 3 2 4| 5 6", "dw, Conv1d, out-in, 2 groups: 7 8 9 10|");
    try (GradientSource source = Traces.open(folder, MissingGradients.REFUSE)) {
      assertThat(source.notices())
          .containsExactly("71.4 % of 14 values on crossbars; digital: pos");
    }
  }

  @Test
  void importFolder_map_isInTheFile() throws Exception {
    map(MAP);
    Path file = home.resolve("trace.avro");
    Traces.importFolder(folder, file, null, null, MissingGradients.REFUSE, Traces.Progress.NONE);

    assertThat(read(file)).isEqualTo(read(folder));
    try (GradientSource stored = Traces.open(file, MissingGradients.REFUSE);
        GradientSource source = Traces.open(folder, MissingGradients.REFUSE)) {
      assertThat(stored.layers()).isEqualTo(source.layers());
      assertThat(stored.digital()).contains(List.of(new ParameterShape("pos", List.of(2, 2))));
      assertThat(stored.notices()).isEqualTo(source.notices());
    }
  }

  @Test
  void open_rules_countBeforeTheTraceInBothForms() throws Exception {
    map(MAP);
    Path file = home.resolve("trace.avro");
    Traces.importFolder(folder, file, null, null, MissingGradients.REFUSE, Traces.Progress.NONE);
    List<String> turned =
        List.of("attn, Linear, out-in: 1 2 3 4| 5 6", "dw, Conv1d, out-in, 2 groups: 7 8 9 10|");

    assertThat(read(folder, axes("attn", "out-in"))).isEqualTo(turned);
    assertThat(read(file, axes("attn", "out-in"))).isEqualTo(turned);
    assertThat(read(file, digital("dw"))).containsExactly("attn, Conv1D, in-out: 1 3 2 4| 5 6");
    try (GradientSource source =
        Traces.open(file, MissingGradients.REFUSE, List.of(digital("dw")))) {
      assertThat(source.notices())
          .containsExactly("42.8 % of 14 values on crossbars; digital: dw.weight, pos");
    }
    for (Path trace : List.of(file, folder)) {
      assertThatThrownBy(() -> read(trace, digital("fc")))
          .hasMessageStartingWith("x.yml:3: layers[0]: match 'fc' matches nothing");
      assertThatThrownBy(() -> read(trace, digital("*")))
          .hasMessage(
              "x.yml:3: layers[0]: no layer is left on crossbars, as rules take off attn, dw; leave at least one");
    }
  }

  @Test
  void open_rulesAndTraceToBlame_eachHasItsPlace() {
    assertThatThrownBy(() -> read(folder, digital("fc")))
        .isInstanceOfSatisfying(
            SourceException.class,
            e ->
                assertThat(e.at("x.yml:2: source").getMessage())
                    .startsWith("x.yml:3: layers[0]: match 'fc' matches nothing")
                    .contains(
                        "\nx.yml:2: source: %s: names and shapes do not tell"
                            .formatted(folder.resolve("000000.safetensors"))));
  }

  @Test
  void open_mapWithoutLayersOfTheTrace_saysSo() throws Exception {
    map(
        """
        {"version": 1, "layers": [{"name": "a", "kind": "Linear", "weight": "a.weight"}],
         "digital": ["c.weight", "dw.weight", "pos"]}""");

    assertThatThrownBy(() -> read(folder))
        .hasMessage(
            "%s holds no gradient of a weight that layers.json lists; found c.weight, c.bias, dw.weight, pos"
                .formatted(folder.resolve("000000.safetensors")));
  }

  @Test
  void open_parameterThatIsTwoThings_isRefusedWithTheFile() throws Exception {
    map(MAP.replace("[\"pos\"]", "[\"pos\", \"c.bias\"]"));

    assertThatThrownBy(() -> read(folder))
        .hasMessage(
            folder.resolve("layers.json")
                + ": c.bias is the bias of layer attn, and digital too; allowed: one of both");
  }

  @Test
  void open_manifestOfAParameterThatIsTwoThings_isRefused() throws Exception {
    ParameterShape weight = new ParameterShape("w", List.of(1, 2));
    LayerShape layer = LayerShape.of("a", weight, Optional.empty(), LayerMap.outIn("Linear", 2));
    Path file = home.resolve("twice.avro");
    try (TraceWriter writer =
        new TraceWriter(
            file,
            "made",
            new TraceFormat.Parameters(List.of(layer), Optional.of(List.of(weight))),
            1,
            0)) {
      writer.start(List.of());
      writer.add(List.of(new LayerTensor(ByteBuffer.allocate(8), ByteBuffer.allocate(0))));
      writer.finish();
    }

    assertThatThrownBy(() -> read(file))
        .hasMessage(file + ": w is the weight of layer a, and digital too; allowed: one of both");
  }

  @Test
  void open_withoutMap_namesWhatCannotBeTold() {
    assertThatThrownBy(() -> read(folder))
        .hasMessageStartingWith(
            folder.resolve("000000.safetensors")
                + ": names and shapes do not tell how these lie on crossbars:\n")
        .hasMessageContaining("pos [2, 2]: no module is known by this name")
        .hasMessageContaining("  - {match: 'pos', on: digital}  # not on crossbars");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1]|all of it: [1] is not allowed; allowed: an object with [version, layers, digital]",
        "{|is not JSON",
        "{\"version\": 2}|version: 2 is not allowed; allowed: 1",
        "{\"layers\": []}|version is missing; allowed: 1",
        "{\"version\": 1, \"layer\": []}|layer' is not known; allowed: [version, layers, digital]",
        "{\"version\": 1, \"layers\": {}}|layers: {} is not allowed; allowed: a list",
        "{\"version\": 1, \"layers\": [{\"weight\": \"c.weight\"}]}|layers[0].name is missing; allowed: a text without control characters",
        "{\"version\": 1, \"layers\": [{\"name\": \"c\", \"weight\": \"c.weight\", \"kind\": \"Mine\"}]}|layers[0]: layer c of kind 'Mine' has no axes; give axes, or a kind that has them, one of [Bilinear, Conv1D,",
        "{\"version\": 1, \"layers\": [{\"name\": \"c\", \"weight\": \"c.weight\", \"axes\": \"in\"}]}|layer c: axes 'in' are not allowed",
        "{\"version\": 1, \"layers\": [{\"name\": \"c\", \"weight\": \"c.weight\", \"axes\": \"in-out\", \"groups\": 0}]}|layers[0].groups: 0 is not allowed; allowed: a whole number of at least 1",
        "{\"version\": 1, \"layers\": [{\"name\": \"c\", \"weight\": \"c.weight\", \"axes\": \"in-out\", \"grups\": 1}]}|layers[0]: 'grups' is not known; allowed: [name, kind, weight, bias, biasFrom, axes, groups]",
        "{\"version\": 1, \"digital\": [1]}|digital[0]: 1 is not allowed; allowed: a text without control characters",
        "{\"version\": 1, \"version\": 1}|Duplicate field 'version'",
      })
  void open_layersJsonThatIsNone_isRefusedWithThePlace(String json, String problem)
      throws Exception {
    map(json);

    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("layers.json")
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "g.npz, 00, a NumPy archive",
    "g.pt, 00, a state dict of PyTorch",
    "g.bin, 504b0304, a state dict of PyTorch",
    "g.h5, 89484446, an HDF5 file"
  })
  void open_otherFormat_isRefusedWithTheLineThatConvertsIt(String name, String begin, String what)
      throws Exception {
    Path file = home.resolve(name);
    Files.write(file, HexFormat.of().parseHex(begin));

    assertThatThrownBy(() -> read(file))
        .hasMessageStartingWith(
            "%s is %s, not a trace; make a folder of it by: python3 -m sgsars.convert %s %s-trace"
                .formatted(file, what, file, home.resolve("g")));
  }

  /** One array has no names of layers, so the converter does not take it. */
  @Test
  void open_arrayOfNumPy_isRefusedWithWhatToSaveInstead() throws Exception {
    Path folderOf = Files.createDirectory(home.resolve("arrays"));
    Path file = folderOf.resolve("000.npy");
    Files.write(file, new byte[4]);
    String problem =
        file
            + " is one array of NumPy, without the names of layers; save each iteration by numpy.savez(\"000000.npz\", **{layer: gradient, ...}), and convert those by: python3 -m sgsars.convert (pip install ./python)";

    assertThatThrownBy(() -> read(file)).hasMessage(problem);
    assertThatThrownBy(() -> read(folderOf))
        .hasMessage(folderOf + " holds no iterations: " + problem);
  }

  @Test
  void open_folderOfOtherFormats_isRefusedWithTheLineThatConvertsAll() throws Exception {
    Path others = Files.createDirectory(home.resolve("grads"));
    Files.write(others.resolve("000.npz"), new byte[4]);
    Files.write(others.resolve("001.npz"), new byte[4]);

    assertThatThrownBy(() -> read(others))
        .hasMessage(
            "%s holds no iterations but files such as 000.npz, a NumPy archive; make a folder of them by: python3 -m sgsars.convert '%s/*.npz' %s-trace (pip install ./python)"
                .formatted(others, others, others));
  }

  @Test
  void open_oneSafetensorsFile_saysWhatATraceIs() {
    Path file = folder.resolve("000000.safetensors");

    assertThatThrownBy(() -> read(file))
        .hasMessage(
            file
                + " is one safetensors file; a trace is a folder of them, one for each iteration: 000000.safetensors and so on");
  }
}
