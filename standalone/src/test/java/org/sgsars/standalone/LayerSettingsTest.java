package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.file.TensorFiles;

/**
 * Layers with settings of their own in a scenario. Two layers of four rows and two columns, row 0
 * of which is written in each of eight iterations; wear is worked out by hand.
 */
final class LayerSettingsTest {
  private static final String AUTHORS =
      """
        - name: authors
          sparsifier: {kind: SPARSIFIER}
          leveller: {kind: ars, interval: 4, pairs: 1}
          layers:
            - {match: 'fc*', leveller: {kind: ars, interval: 2, pairs: 1}}
      """;
  private static final String MIXED =
      """
        - name: mixed
          sparsifier: {kind: SPARSIFIER}
          device: {kind: constant, writes: 100}
          layers:
            - {match: conv, on: digital}
            - {match: '*', crossbar: {size: 8, spareRows: 1}, device: {kind: constant, writes: 3}}
      """;

  @TempDir private Path folder = Path.of("");

  /** One iteration, whose gradient is not zero at input 0 alone. */
  @BeforeEach
  void makeTrace() throws IOException {
    Path trace = Files.createDirectory(folder.resolve("trace"));
    TensorFiles.write(
        trace.resolve("0.safetensors"),
        i -> i % 4 == 0 ? 1 : 0,
        "conv.weight[4,4]",
        "fc.weight[2,4]");
    Files.writeString(
        trace.resolve("layers.json"),
        """
        {"version": 1, "layers": [
          {"name": "conv", "kind": "Linear", "weight": "conv.weight"},
          {"name": "fc", "kind": "Linear", "weight": "fc.weight"}]}
        """);
    Files.writeString(folder.resolve("rows.csv"), "iteration,conv,fc\n0,0,0\n");
  }

  private Path experiment(String source, String sparsifier, String scenarios) throws IOException {
    return Files.writeString(
        folder.resolve("experiment.yml"),
        """
        name: layers
        source: {%s, iterations: 8}
        crossbar: {size: 4}
        scenarios:
        %s"""
            .formatted(source, scenarios.replace("SPARSIFIER", sparsifier)));
  }

  private Path pipeline(String scenarios) throws IOException {
    return experiment("kind: trace, path: trace", "sgs", scenarios);
  }

  private Path bench(String scenarios) throws IOException {
    return experiment(
        "kind: selections, path: rows.csv, layers: [{name: conv, rows: 4, columns: 4}, {name: fc, rows: 4, columns: 2}]",
        "given",
        scenarios);
  }

  private JsonNode report(String command, Path experiment) throws IOException {
    Path out = folder.resolve("out-" + command);
    List<String> arguments =
        new ArrayList<>(List.of(command, experiment.toString(), "--out", out.toString()));
    if (command.equals("run")) {
      arguments.add("--in-memory");
    }
    CommandResult result = CommandResult.run(arguments.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    JsonNode report = Runs.report(out);
    assertThat(report.path("complete").asBoolean()).isTrue();
    return report.path("scenarios").path(0);
  }

  private static String writes(JsonNode scenario, int layer) {
    return scenario.path("layers").path(layer).path("rowWrites").toString();
  }

  @Test
  void run_intervalOfFullyConnectedLayers_levelsThemMoreOften() throws Exception {
    for (JsonNode scenario :
        List.of(report("run", pipeline(AUTHORS)), report("bench", bench(AUTHORS)))) {
      // Every 4: 4 writes of row 0, which changes places with row 1 (5, 1, 0, 0); 4 more there (5,
      // 5, 0, 0), and it changes places with row 2 (5, 6, 1, 0).
      assertThat(writes(scenario, 0)).isEqualTo("[5,6,1,0]");
      // Every 2: (2, 0, 0, 0) to (3, 1, 0, 0); (3, 3, 0, 0) to (3, 4, 1, 0); (3, 4, 3, 0), where
      // the
      // worn row is another one, to (3, 5, 3, 1); (3, 5, 5, 1) to (3, 5, 6, 2).
      assertThat(writes(scenario, 1)).isEqualTo("[3,5,6,2]");
      assertThat(scenario.path("leveller").path("interval").asInt()).isEqualTo(4);
      assertThat(scenario.path("layers").path(0).has("leveller")).isFalse();
      assertThat(scenario.path("layers").path(1).path("leveller").path("interval").asInt())
          .isEqualTo(2);
      // 8 iterations over the 6 writes of the most worn cell.
      assertThat(scenario.path("lifetimeExtension").asDouble()).isEqualTo(8 / 6.0);
    }
  }

  @Test
  void run_layerOffCrossbarsAndCellsOfItsOwn_areJudgedAsSaid() throws Exception {
    for (JsonNode scenario :
        List.of(report("run", pipeline(MIXED)), report("bench", bench(MIXED)))) {
      JsonNode conv = scenario.path("layers").path(0);
      JsonNode fc = scenario.path("layers").path(1);
      assertThat(conv.path("on").asText()).isEqualTo("digital");
      assertThat(conv.has("rowWrites")).isFalse();
      assertThat(fc.path("physicalRows").asInt()).isEqualTo(9);
      assertThat(fc.path("crossbarSize").asInt()).isEqualTo(8);
      assertThat(writes(scenario, 1)).isEqualTo("[8,0,0,0,0,0,0,0,0]");
      // Both cells of row 0 survive 3 of 8 writes, of 18 cells in all.
      assertThat(scenario.path("failedCells").asLong()).isEqualTo(2);
      assertThat(scenario.path("cells").asLong()).isEqualTo(18);
      assertThat(scenario.path("lifetimeExtension").asDouble()).isEqualTo(1);
      assertThat(scenario.path("meanCellWrites").asDouble()).isEqualTo(16 / 18.0);
    }
  }

  @Test
  void bench_onTheReportOfARunWithADigitalLayer_leavesItOutAndSaysSo() throws Exception {
    Path out = folder.resolve("out-kept");
    Path kept =
        Files.writeString(
            folder.resolve("kept.yml"),
            Files.readString(pipeline(MIXED)) + "report: {selections: true}\n");
    CommandResult run =
        CommandResult.run("run", kept.toString(), "--in-memory", "--out", out.toString());
    assertThat(run.code()).as(run.err()).isZero();
    Path again =
        experiment(
            "kind: selections, path: '%s'".formatted(out.resolve("report.json")),
            "given",
            "  - {name: again, sparsifier: {kind: given}}\n");

    CommandResult bench =
        CommandResult.run("bench", again.toString(), "--out", folder.resolve("b").toString());

    assertThat(bench.code()).as(bench.err()).isZero();
    assertThat(bench.err())
        .contains("all 24 values on crossbars")
        .contains(
            "not on crossbars in scenario mixed, and so without selections and left out: conv");
    JsonNode scenario = Runs.report(folder.resolve("b")).path("scenarios").path(0);
    assertThat(scenario.path("layers")).hasSize(1);
    assertThat(writes(scenario, 0)).isEqualTo("[8,0,0,0]");
  }

  @Test
  void run_oneScenarioWithoutALayer_leavesTheOthersAsTheyAre() throws Exception {
    String both = MIXED + AUTHORS;
    Path out = folder.resolve("both");
    CommandResult result =
        CommandResult.run("run", pipeline(both).toString(), "--in-memory", "--out", out.toString());

    assertThat(result.code()).as(result.err()).isZero();
    JsonNode report = Runs.report(out);
    assertThat(writes(report.path("scenarios").path(1), 0)).isEqualTo("[5,6,1,0]");
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("<b>layer conv</b>: digital, not on crossbars")
        .contains(
            "; crossbars of 4 rows; *: crossbars of 8 rows, 1 spare, device {kind: constant, ")
        .containsPattern(
            "Devices: <code>[^<]* writes: 100.0}</code>, <code>[^<]* writes: 3.0}</code>");
    assertThat(Files.readString(out.resolve("wear.csv"))).doesNotContain("mixed,conv");
    assertThat(result.err())
        .contains("scenario mixed: not on crossbars there, and not judged: conv");
    JsonNode page =
        JsonMapper.builder().build().readTree(out.resolve("page/summary.json").toFile());
    JsonNode fc = JsonMapper.builder().build().readTree(out.resolve("page/layer-1.json").toFile());
    assertThat(fc.path("scenarios").path(0).path("median").asDouble()).isEqualTo(3);
    assertThat(fc.path("scenarios").path(0).path("own").asText())
        .startsWith("crossbars of 8 rows, 1 spare, device {kind: constant, ");
    assertThat(fc.path("scenarios").path(1).has("own")).isFalse();
    // All layers on crossbars have the other device here.
    assertThat(page.path("scenarios").path(0).path("device").path("median").asDouble())
        .isEqualTo(3);
    JsonNode timeline = page.path("scenarios").path(0).path("timeline");
    assertThat(timeline.path("max").path(timeline.path("max").size() - 1).asLong()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{match: 'fc1', leveller: {kind: none}}|scenarios[0].layers[0].match: 'fc1' matches no layer; there are conv, fc",
        "{leveller: {kind: none}}|scenarios[0].layers[0].match: is missing",
        "{match: fc}|scenarios[0].layers[0].match: says nothing; give leveller, crossbar or device, or on: digital",
        "{match: fc, on: digital, crossbar: {size: 8}}|scenarios[0].layers[0].match: what is digital has neither leveller nor crossbar nor device",
        "{match: fc, on: analog}|scenarios[0].layers[0].on: analog is not allowed; allowed: digital",
        "{match: fc, device: {kind: constant, writes: 3}}|scenarios[0].layers[0].device: the scenario has none; give it one too, for the other layers",
        "{match: '*', on: digital}|scenarios[0].layers: all layers are digital; leave at least one on crossbars",
        "{match: fc, crossbar: {size: 0}}|scenarios[0].layers[0].crossbar.size: 0 is not allowed; allowed: a whole number from 1 to 65536",
        "{match: fc, leveller: {kind: lru}}|scenarios[0].layers[0].leveller.kind: unknown leveller 'lru'; allowed: one of [ars,",
        "{match: fc, leveller: {kind: cross-layer, interval: 2}}|scenarios[0].layers[0]: cross-layer exchanges the crossbars of all layers, which have to be alike",
        "{match: fc, leveller: {kind: ars, interval: 2}}, {match: 'f?', on: digital}|scenarios[0].layers[1].match: 'f?' matches only layers that one before it matches",
      })
  void validate_layersThatAreNone_areRefusedWithTheirPlace(String layers, String problem)
      throws Exception {
    Path file =
        pipeline("  - {name: s, sparsifier: {kind: sgs}, layers: [%s]}\n".formatted(layers));

    CommandResult result = CommandResult.run("validate", file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("experiment.yml:5: " + problem);
  }
}
