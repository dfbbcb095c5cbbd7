package org.sgsars.source.selections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.model.LayerList;
import org.sgsars.model.LayerShape;
import org.sgsars.source.SelectionSource;
import org.sgsars.source.SourceException;

final class SelectionsSourceTest {
  private static final String LAYERS =
      LayerList.toText(List.of(new LayerShape("fc", 4, 2), new LayerShape("conv", 10, 8)));
  private static final String TABLE = "iteration,conv,fc,extra\n0,9,1,7\n1,3,0 2,7\n";

  @TempDir private Path folder = Path.of("");

  private SelectionSource table(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("rows.csv"), text);
    return open(file, Map.of("layers", LAYERS));
  }

  private static SelectionSource open(Path file, Map<String, String> others) throws Exception {
    Map<String, Object> settings = new TreeMap<>(others);
    settings.put("path", file.toString());
    SelectionsSourcePolicy policy = new SelectionsSourcePolicy();
    return policy.openSelections(policy.settings(settings), 1);
  }

  @Test
  void rows_table_areThoseOfTheLayersColumnAndStartOverAtTheEnd() throws Exception {
    SelectionSource source = table(TABLE);

    assertThat(source.layers()).extracting(LayerShape::name).containsExactly("fc", "conv");
    assertThat(source.rows(0, 0).rows()).containsExactly(1);
    assertThat(source.rows(0, 1).rows()).containsExactly(0, 2);
    assertThat(source.rows(1, 0).rows()).containsExactly(9);
    assertThat(source.rows(1, 3).rows()).containsExactly(3);
    assertThat(source.notices())
        .singleElement()
        .asString()
        .isEqualTo("rows.csv: layers left out: extra");
    assertThat(source.iterations()).hasValue(2);
  }

  @Test
  void rows_gzip_areThoseOfThePlainTable() throws Exception {
    Path file = folder.resolve("rows.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(TABLE.getBytes(StandardCharsets.UTF_8));
    }

    assertThat(open(file, Map.of("layers", LAYERS)).rows(0, 1).rows()).containsExactly(0, 2);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "0,9,1,7|0,9,4,7|iteration 0, layer fc: '4' is not allowed; allowed: rows in [0, 4), each once, with spaces between",
        "0,9,1,7|0,9,,7|iteration 0, layer fc: '' is not allowed; allowed: rows in [0, 4), each once, with spaces between",
        "0 2|2 2|iteration 1, layer fc: '2 2' is not allowed; allowed: rows in [0, 4), each once, with spaces between",
        "1,3,0 2,7|2,3,0 2,7|iteration '2' comes where 1 should",
        "1,3,0 2,7|1,3,0|iteration 1 has 3 values where the header has 4",
        "extra|conv|has the column 'conv' twice, as number 2 and 4; every layer has one",
        "extra|iteration|has the column 'iteration' twice, as number 1 and 4; every layer has one",
        "conv|convx|has no column for layer 'conv'; its columns are convx, fc, extra",
        "iteration|it|begins with 'it'; expected a header iteration,LAYER,..."
      })
  void openSelections_wrongTable_namesPlaceValueAndWhatIsAllowed(
      String right, String wrong, String problem) {
    assertThatThrownBy(() -> table(TABLE.replace(right, wrong)))
        .isInstanceOf(SourceException.class)
        .message()
        .endsWith("rows.csv: " + problem);
  }

  @Test
  void openSelections_manyColumns_namesTen() {
    StringBuilder header = new StringBuilder("iteration");
    for (int i = 0; i < 30_000; i++) {
      header.append(",layer").append(i);
    }

    assertThatThrownBy(() -> table(header + "\n"))
        .message()
        .endsWith(
            "has no column for layer 'fc'; its columns are layer0, layer1, layer2, layer3, layer4, layer5, layer6, layer7, layer8, layer9 and 29,990 more");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"rows.csv", "rows.csv.gz", "report.json"})
  void openSelections_gitLfsPointer_isCalledOne(String name) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve(name),
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 133\n");
    Map<String, String> settings = name.endsWith(".json") ? Map.of() : Map.of("layers", LAYERS);

    assertThatThrownBy(() -> open(file, settings))
        .isInstanceOf(SourceException.class)
        .hasMessage(
            file
                + " is a Git LFS pointer, not the data itself; fetch that by git lfs pull in its repository");
  }

  @Test
  void openSelections_onlyAHeader_saysSo() {
    assertThatThrownBy(() -> table("iteration,conv,fc\n"))
        .message()
        .endsWith("has a header and no iterations");
  }

  private static final String REPORT =
      """
      {"format": "sgs-ars-report", "run": "r", "scenarios": [
        {"name": "dense", "layers": [{"name": "fc", "logicalRows": 4, "columns": 2}]},
        {"name": "sgs", "layers": [
          {"name": "fc", "logicalRows": 4, "columns": 2, "selectedRows": [3, [0, 1], 2]}]}]}
      """;

  @Test
  void rows_report_areThoseOfTheFirstScenarioThatKeptThem() throws Exception {
    Path file = Files.writeString(folder.resolve("report.json"), REPORT);

    SelectionSource source = open(file, Map.of());

    assertThat(source.layers()).containsExactly(new LayerShape("fc", 4, 2));
    assertThat(source.rows(0, 1).rows()).containsExactly(0, 1);
    assertThat(source.rows(0, 3).rows()).containsExactly(3);
  }

  @Test
  void layers_reportWithDigitalOnes_areTheOthersAndWhatIsLeftOutIsSaid() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("report.json"),
            """
            {"format": "sgs-ars-report", "run": "r",
             "notices": ["97.4 % of 100 values on crossbars; digital: bn", "4 iterations can show an extension of at most 4x"],
             "scenarios": [
              {"name": "sgs", "layers": [
                {"name": "conv", "logicalRows": 9, "on": "digital"},
                {"name": "fc", "logicalRows": 4, "columns": 2, "selectedRows": [3, 2]}]}]}
            """);

    SelectionSource source = open(file, Map.of());

    assertThat(source.layers()).containsExactly(new LayerShape("fc", 4, 2));
    assertThat(source.rows(0, 1).rows()).containsExactly(2);
    assertThat(source.notices())
        .containsExactly(
            "run r: 97.4 % of 100 values on crossbars; digital: bn",
            "run r: not on crossbars in scenario sgs, and so without selections and left out: conv");
  }

  @Test
  void openSelections_scenarioThatKeptNone_namesThoseThatDid() throws Exception {
    Path file = Files.writeString(folder.resolve("report.json"), REPORT);

    assertThatThrownBy(() -> open(file, Map.of("scenario", "dense")))
        .message()
        .endsWith("no scenario 'dense' with selections; there are those of sgs");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"dense\"'|'\"sgs\"'|has the scenario 'sgs' twice; each needs its own name",
        "'[3, [0, 1], 2]}'|'[3]}, {\"name\": \"fc\", \"logicalRows\": 4, \"columns\": 2, \"selectedRows\": [1]}'|Two layers are named fc: those of fc and fc",
        "'[3, [0, 1], 2]}'|'[3]}, {\"name\": \"b\", \"logicalRows\": 4, \"columns\": 2, \"selectedRows\": [1, 2]}'|selections of 2 iterations, where the first layer has those of 1",
        "'4, \"columns\": 2, \"sel'|'4294967300, \"columns\": 2, \"sel'|logicalRows is 4294967300; allowed: a whole number from 1 to 268435456",
        "'[3, [0, 1], 2]'|'[4294967296]'|iteration 0 selects 4294967296, outside [0, 4)",
        "'[3, [0, 1], 2]'|'[1.5]'|iteration 0 selects 1.5, outside [0, 4)",
        "'\"run\": \"r\"'|'\"run\": \"r\", \"run\": \"s\"'|Duplicate field 'run'"
      })
  void openSelections_wrongReport_saysWhat(String right, String wrong, String problem)
      throws Exception {
    Path file = Files.writeString(folder.resolve("report.json"), REPORT.replace(right, wrong));

    assertThatThrownBy(() -> open(file, Map.of()))
        .isInstanceOf(SourceException.class)
        .message()
        .startsWith(file.toString())
        .contains(problem);
  }

  @Test
  void openSelections_reportWithARowOutsideItsLayer_saysWhere() throws Exception {
    Path file = Files.writeString(folder.resolve("report.json"), REPORT.replace("[3,", "[7,"));

    assertThatThrownBy(() -> open(file, Map.of()))
        .message()
        .endsWith("layer fc: iteration 0 selects 7, outside [0, 4)");
  }
}
