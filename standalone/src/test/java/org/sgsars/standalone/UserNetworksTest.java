package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.file.TensorFiles;

/**
 * Networks as users bring them, of which nothing but names and shapes is known: what a command says
 * of them and what its report holds. Rows and columns are worked out by hand.
 */
final class UserNetworksTest {
  @TempDir private Path folder = Path.of("");

  /** A trace of two iterations of random gradients, of tensors such as {@code fc.weight[3,2]}. */
  private void trace(String tensors) throws IOException {
    Path trace = Files.createDirectory(folder.resolve("trace"));
    SplittableRandom random = new SplittableRandom(1);
    for (int iteration = 0; iteration < 2; iteration++) {
      TensorFiles.write(
          trace.resolve("%06d.safetensors".formatted(iteration)),
          i -> random.nextDouble(-1, 1),
          tensors.split(" ", -1));
    }
  }

  private Path experiment(String more) throws IOException {
    return Files.writeString(
        folder.resolve("experiment.yml"),
        """
        name: mine
        source: {kind: trace, path: trace, iterations: 4}
        crossbar: {size: 16}
        %sscenarios:
          - {name: dense, sparsifier: {kind: dense}}
          - {name: sgs, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 2}}
        """
            .formatted(more));
  }

  /** Runs an experiment; its layers as {@code name rows x columns} of the second scenario. */
  private List<String> run(Path experiment) throws IOException {
    Path out = folder.resolve("out");
    CommandResult result =
        CommandResult.run("run", experiment.toString(), "--in-memory", "--out", out.toString());
    assertThat(result.code()).as(result.err()).isZero();
    JsonNode report = Runs.report(out);
    assertThat(report.path("complete").asBoolean()).isTrue();
    List<String> layers = new ArrayList<>();
    for (JsonNode layer : report.path("scenarios").path(1).path("layers")) {
      layers.add(
          "%s %d x %d"
              .formatted(
                  layer.path("name").asText(),
                  layer.path("logicalRows").asInt(),
                  layer.path("columns").asInt()));
    }
    assertThat(report.path("notices").toString()).contains("values on crossbars");
    assertThat(result.err()).contains("values on crossbars");
    return layers;
  }

  @ParameterizedTest
  @CsvSource({
    // Weights of (in, out), told by the bias.
    "c_attn.weight[24;72] c_attn.bias[72] c_fc.weight[24;96] c_fc.bias[96], c_attn 25 x 72; c_fc 25 x 96",
    // Transposed: 16 inputs and the bias, 8 channels of 4 x 4 taps.
    "up.weight[16;8;4;4] up.bias[8] out.weight[10;128] out.bias[10], up 17 x 128; out 129 x 10",
    "lstm.weight_ih_l0[64;28] lstm.weight_hh_l0[64;16] lstm.bias_ih_l0[64] lstm.bias_hh_l0[64] fc.weight[10;16] fc.bias[10], lstm.ih_l0 29 x 64; lstm.hh_l0 17 x 64; fc 17 x 10",
    // 32 groups of 9 inputs and a bias, an output each.
    "dw.weight[32;1;3;3] dw.bias[32] pw.weight[16;32;1;1] pw.bias[16], dw 320 x 1; pw 33 x 16",
    "ln2d.weight[8;12] ln2d.bias[8;12] fc1.weight[20;30] fc1.bias[20], fc1 31 x 20"
  })
  void run_namesAndShapesThatTell_givesTheLayersArrays(String tensors, String layers)
      throws Exception {
    trace(tensors.replace(';', ','));

    assertThat(run(experiment(""))).containsExactly(layers.split("; ", -1));
  }

  @Test
  void validate_choiceThatNothingTells_isRefusedAndTheLinesItNamesHelp() throws Exception {
    trace("c_attn.weight[24,72] c_attn.bias[72] c_proj.weight[24,24] c_proj.bias[24] pos[5,24]");

    CommandResult refused = CommandResult.run("validate", experiment("").toString());

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("experiment.yml:2: source: ")
        .contains("c_proj.weight [24, 24], c_proj.bias [24]: fits both")
        .contains("  - {match: 'c_proj', axes: in-out}  # Conv1D: 25 rows x 24 columns")
        .contains("  - {match: 'pos', on: digital}  # not on crossbars");
    String lines =
        """
        layers:
          - {match: 'c_proj', axes: in-out}  # Conv1D: 25 rows x 24 columns
          - {match: 'pos', on: digital}  # not on crossbars
        """;
    CommandResult fine = CommandResult.run("validate", experiment(lines).toString());
    assertThat(fine.code()).as(fine.err()).isZero();
    assertThat(fine.out())
        .contains("2 layers")
        .contains("c_proj                       25 rows x     24 columns  Conv1D, in-out: ")
        .contains("95.2 % of 2,520 values on crossbars; digital: pos");
    assertThat(run(experiment(lines))).containsExactly("c_attn 25 x 72", "c_proj 25 x 24");
  }

  @Test
  void validate_ruleThatMatchesNothing_isRefused() throws Exception {
    trace("fc.weight[3,2] fc.bias[3]");

    CommandResult result =
        CommandResult.run(
            "validate", experiment("layers: [{match: 'fc1', on: digital}]\n").toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("experiment.yml:4: layers[0]: match 'fc1' matches nothing; there are fc")
        .doesNotContain("source: ", "safetensors");
  }

  @Test
  void validate_rulesForASourceWithoutTensors_areRefused() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("noise.yml"),
            """
            name: noise
            source: {kind: noise, layers: [{name: a, rows: 3, columns: 2}], iterations: 4}
            layers: [{match: a, on: digital}]
            scenarios: [{name: dense, sparsifier: {kind: dense}}]
            """);

    CommandResult result = CommandResult.run("validate", file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains(
            "noise.yml:3: layers[0]: source noise says itself how its layers lie; allowed: no layers beside it");
  }

  @Test
  void traceInfo_folder_showsHowEachLayerLies() throws Exception {
    trace("dw.weight[32,1,3,3] pw.weight[16,32,1,1] pw.bias[16]");

    CommandResult result = CommandResult.run("trace", "info", folder.resolve("trace").toString());

    assertThat(result.out())
        .contains(
            "dw                          288 rows x      1 columns  Conv2d, out-in, 32 groups: dw.weight [32, 1, 3, 3]")
        .contains(
            "pw                           33 rows x     16 columns  Conv2d, out-in: pw.weight [16, 32, 1, 1], pw.bias [16]")
        .contains(
            "how layers lie on crossbars is inferred from names and shapes, as there is no layers.json")
        .contains(
            "dw.weight [32, 1, 3, 3] is taken as a convolution of 32 groups, as pw behind it is pointwise")
        .contains("all 816 values on crossbars");
  }
}
