package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The networks of python/examples/zoo.py, recorded by PyTorch, imported and replayed: their arrays
 * and their share on crossbars are those worked out by hand. Skipped where Python has no PyTorch.
 */
final class NetworkZooIT {
  @TempDir private static Path zoo = Path.of("");
  @TempDir private Path folder = Path.of("");

  @BeforeAll
  static void record() throws Exception {
    assumeTrue(Python.has("torch"), "needs " + Python.COMMAND + " with torch to run");
    Path log = zoo.resolve("zoo.log");
    int code =
        Python.run(log, Runs.PROJECT.resolve("python/examples/zoo.py").toString(), zoo.toString());
    assertThat(code).as(Files.readString(log)).isZero();
  }

  static Stream<Arguments> networks() {
    return Stream.of(
        // A row per input and one for the bias.
        Arguments.of(
            "lenet",
            "all 61,706 values on crossbars",
            List.of(
                "conv1 26 x 6", "conv2 151 x 16", "fc1 401 x 120", "fc2 121 x 84", "fc3 85 x 10")),
        // 3 x 3 kernels have 9 rows a channel; the shortcuts of 1 x 1 have one.
        Arguments.of(
            "resnet-18",
            "99.6 % of 701,466 values on crossbars; digital: bn1.weight, bn1.bias, ",
            List.of(
                "conv1 27 x 16",
                "blocks.0.conv1 144 x 16",
                "blocks.0.conv2 144 x 16",
                "blocks.1.conv1 144 x 16",
                "blocks.1.conv2 144 x 16",
                "blocks.2.conv1 144 x 32",
                "blocks.2.conv2 288 x 32",
                "blocks.2.downsample.0 16 x 32",
                "blocks.3.conv1 288 x 32",
                "blocks.3.conv2 288 x 32",
                "blocks.4.conv1 288 x 64",
                "blocks.4.conv2 576 x 64",
                "blocks.4.downsample.0 32 x 64",
                "blocks.5.conv1 576 x 64",
                "blocks.5.conv2 576 x 64",
                "blocks.6.conv1 576 x 128",
                "blocks.6.conv2 1152 x 128",
                "blocks.6.downsample.0 64 x 128",
                "blocks.7.conv1 1152 x 128",
                "blocks.7.conv2 1152 x 128",
                "fc 129 x 10")),
        // A depthwise convolution has 9 rows of one cell for each of its channels.
        Arguments.of(
            "mobilenet",
            "90.4 % of 3,002 values on crossbars; digital: stem.1.weight, stem.1.bias, ",
            List.of(
                "stem.0 27 x 8",
                "body.0 72 x 1",
                "body.3 8 x 16",
                "body.6 144 x 1",
                "body.9 16 x 32",
                "body.12 288 x 1",
                "body.15 32 x 32",
                "head 33 x 10")),
        // A character drives one row of the embedding; 4 gates of 32.
        Arguments.of(
            "char-lstm",
            "all 16,808 values on crossbars",
            List.of(
                "embed 40 x 16",
                "lstm.ih_l0 17 x 128",
                "lstm.hh_l0 33 x 128",
                "lstm.ih_l1 33 x 128",
                "lstm.hh_l1 33 x 128",
                "out 33 x 40")),
        // The output layer is the embedding's array.
        Arguments.of(
            "tiny-gpt",
            "98.5 % of 16,080 values on crossbars; digital: h.0.ln_1.weight, ",
            List.of(
                "wte 50 x 24",
                "wpe 16 x 24",
                "h.0.c_attn 25 x 72",
                "h.0.c_proj 25 x 24",
                "h.0.c_fc 25 x 96",
                "h.0.c_out 97 x 24",
                "h.1.c_attn 25 x 72",
                "h.1.c_proj 25 x 24",
                "h.1.c_fc 25 x 96",
                "h.1.c_out 97 x 24")),
        Arguments.of(
            "vit",
            "95.4 % of 19,626 values on crossbars; digital: cls_token, pos_embed, ",
            List.of(
                "patches 49 x 32",
                "encoder.0.self_attn.in_proj 33 x 96",
                "encoder.0.self_attn.out_proj 33 x 32",
                "encoder.0.linear1 33 x 64",
                "encoder.0.linear2 65 x 32",
                "encoder.1.self_attn.in_proj 33 x 96",
                "encoder.1.self_attn.out_proj 33 x 32",
                "encoder.1.linear1 33 x 64",
                "encoder.1.linear2 65 x 32",
                "head 33 x 10")),
        // Channels of 4 x 4 taps; only the last has a bias.
        Arguments.of(
            "dcgan-generator",
            "99.5 % of 19,299 values on crossbars; digital: main.1.weight, main.1.bias, main.4.weight, main.4.bias",
            List.of("main.0 20 x 512", "main.3 32 x 256", "main.6 17 x 48")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void run_recordedNetwork_hasTheArraysWorkedOutByHand(
      String name, String share, List<String> layers) throws Exception {
    Path trace = folder.resolve(name + ".avro");
    CommandResult imported =
        CommandResult.run("trace", "import", zoo.resolve(name).toString(), trace.toString());
    assertThat(imported.code()).as(imported.err()).isZero();
    assertThat(imported.out()).contains(share);
    Path experiment =
        Files.writeString(
            folder.resolve("experiment.yml"),
            """
            name: zoo
            source: {kind: trace, path: %s.avro, iterations: 6}
            crossbar: {size: 64}
            scenarios:
              - {name: dense, sparsifier: {kind: dense}}
              - {name: sgs-ars, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 2}}
            """
                .formatted(name));

    CommandResult result =
        CommandResult.run(
            "run", experiment.toString(), "--in-memory", "--out", folder.resolve("out").toString());

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).contains(share);
    JsonNode report = Runs.report(folder.resolve("out"));
    List<String> found = new ArrayList<>();
    for (JsonNode layer : report.path("scenarios").path(0).path("layers")) {
      found.add(
          "%s %d x %d"
              .formatted(
                  layer.path("name").asText(),
                  layer.path("logicalRows").asInt(),
                  layer.path("columns").asInt()));
    }
    assertThat(found).isEqualTo(layers);
    assertThat(report.path("complete").asBoolean()).isTrue();
  }
}
