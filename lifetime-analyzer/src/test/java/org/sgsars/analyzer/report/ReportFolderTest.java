package org.sgsars.analyzer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.RetiringRun;
import org.sgsars.analyzer.TinyRun;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.AccuracyPoint;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.policy.Policies;

/** The golden files were checked by hand; {@code -Dgolden.write=true} writes them anew. */
final class ReportFolderTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  @TempDir private Path folder = Path.of("");

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "report.json",
        "schemes.csv",
        "sweeps.csv",
        "schemes.svg",
        "wear.csv",
        "accuracy.csv",
        "accuracy.svg",
        "timeline.csv",
        "lifetime.csv",
        "failures.csv",
        "page/summary.json",
        "page/layer-0.json"
      })
  void write_completeRun_isTheGoldenFile(String name) throws Exception {
    ReportFolder.write(TinyRun.complete(), folder);

    String text = Files.readString(folder.resolve(name));
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(GOLDEN.resolve(name).getParent());
      Files.writeString(GOLDEN.resolve(name), text);
    }
    assertThat(text).isEqualTo(Files.readString(GOLDEN.resolve(name)));
  }

  /** A folder that holds something stands where the file should, which no file replaces. */
  private void block(String name) throws Exception {
    Files.createDirectories(folder.resolve(name).resolve("x"));
  }

  @Test
  void write_formsThatCannotBeWritten_areNamedAndKeepNoOtherBack() throws Exception {
    block("wear.parquet");
    block("schemes.svg");
    block("page/layer-0.json");

    List<String> problems = ReportFolder.write(TinyRun.complete(), folder);

    assertThat(problems)
        .hasSize(3)
        .anySatisfy(problem -> assertThat(problem).startsWith("wear.parquet: "))
        .anySatisfy(problem -> assertThat(problem).startsWith("schemes.svg: "))
        .anySatisfy(problem -> assertThat(problem).startsWith("summary.json: "));
    for (String name : ReportFolder.FILES) {
      assertThat(folder.resolve(name)).exists();
    }
    assertThat(folder.resolve("page/summary.json")).doesNotExist();
  }

  @Test
  void write_formOfAnEarlierReport_isGoneIfItCannotBeWritten() throws Exception {
    ReportFolder.write(TinyRun.complete(), folder);
    Files.delete(folder.resolve("page/layer-0.json"));
    block("page/layer-0.json");

    assertThat(ReportFolder.write(TinyRun.complete(), folder)).hasSize(1);

    assertThat(folder.resolve("page/summary.json")).doesNotExist();
    assertThat(folder.resolve("report.json")).exists();
  }

  @Test
  void write_mainFormThatCannotBeWritten_failsWhenAllOthersAreThere() throws Exception {
    block("schemes.csv");

    assertThatThrownBy(() -> ReportFolder.write(TinyRun.complete(), folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("The report cannot be written to " + folder + ": schemes.csv: ");
    assertThat(
            ReportFolder.FILES.stream().filter(name -> Files.isRegularFile(folder.resolve(name))))
        .containsExactlyInAnyOrderElementsOf(
            ReportFolder.FILES.stream().filter(name -> !name.equals("schemes.csv")).toList());
  }

  /**
   * Codecs are native libraries, which cannot be loaded where temporary files are not executable.
   */
  @Test
  void write_parquet_needsNoLibrary() throws Exception {
    ReportFolder.write(TinyRun.complete(), folder);

    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(folder.resolve("wear.parquet")))) {
      assertThat(reader.getFooter().getBlocks())
          .isNotEmpty()
          .allSatisfy(
              block ->
                  assertThat(block.getColumns())
                      .allSatisfy(
                          column ->
                              assertThat(column.getCodec())
                                  .isEqualTo(CompressionCodecName.UNCOMPRESSED)));
    }
  }

  @Test
  void report_completeRun_extensionIsIterationsByTheMostWornCell() {
    LifetimeReport.ScenarioLifetime rows = TinyRun.complete().scenarios().get(0);

    // 10 iterations, 6 writes at most; 20 update cell writes over 4 x 2 cells are 2.5 each.
    assertThat(rows.lifetimeExtension().orElseThrow()).isEqualTo(10 / 6.0);
    assertThat(rows.bound().orElseThrow()).isEqualTo(10 / 2.5);
    assertThat(rows.efficiency().orElseThrow()).isEqualTo(10 / 6.0 / 4);
    assertThat(rows.leastLayerEfficiency().orElseThrow()).isEqualTo(10 / 6.0 / 4);
    assertThat(rows.overhead().orElseThrow()).isEqualTo(4 / 20.0);
    assertThat(rows.meanCellWrites()).isEqualTo(24 / 8.0);
  }

  @Test
  void write_roundedGradients_saysSoEverywhere() throws Exception {
    String note =
        "Gradients were rounded to bf16 on the wire: selections may differ from those of f32.";
    ReportFolder.write(TinyRun.complete(), folder);

    assertThat(LifetimeTable.render(TinyRun.complete(), List.of())).contains(note);
    assertThat(Files.readString(folder.resolve("report.html"))).contains(note);
    assertThat(Files.readString(folder.resolve("report.json"))).contains("\"wire\" : \"bf16\"");
  }

  @Test
  void write_notices_standInReportAndPage() throws Exception {
    LifetimeReport report = TinyRun.complete();
    ReportFolder.write(report, folder);

    assertThat(report.notices()).containsExactly("a layer <script>alert(1)</script> was left out");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("<li>a layer &lt;script&gt;alert(1)&lt;/script&gt; was left out</li>");
    for (String json : List.of("report.json", "page/summary.json")) {
      assertThat(new ObjectMapper().readTree(folder.resolve(json).toFile()).get("notices"))
          .as(json)
          .singleElement()
          .isEqualTo(new TextNode(report.notices().get(0)));
    }
  }

  @Test
  void render_notices_standBelowTheTable() {
    String text = LifetimeTable.render(TinyRun.complete(), List.of("one", "two \u001b[31m"));

    assertThat(text).contains("+\nnote: one\nnote: two ?[31m\n");
  }

  @Test
  void write_html_loadsNothingAndEscapesNames() throws Exception {
    ReportFolder.write(TinyRun.complete(), folder);

    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("rows, &quot;quoted&quot; &lt;b&gt;")
        .contains("&lt;script&gt;alert(1)")
        .doesNotContain("<script>alert(1)")
        .doesNotContain("http://", "https://", "<link", "@import");
  }

  @Test
  void write_html_tellsOfLossesAtTheScenarioAndAtTheLayer() throws Exception {
    ReportFolder.write(
        TinyRun.losing(Optional.of(new FirstLoss(12_345, true, 9_876, 54_321))), folder);

    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("<th scope=\"col\">scenario</th><th scope=\"col\">first loss</th>")
        .contains(
            "<td>~ 12,345<small>[9,876, 54,321]</small></td><td>123.5</td><td>-</td><td>16.7 %</td>")
        .contains(" · first loss ~ 12,345 [9,876, 54,321], lost 1 of 6 weights</figcaption>")
        .contains("</span> worn out, without weights</span>")
        .contains(" · 2 rows lie elsewhere than at the start")
        // One pulse of 10 ns for each of 10 rows that updates wrote, and of 2 by levelling.
        .contains("<td>100 ns<small>+ 20.0 ns</small></td>");
  }

  @Test
  void write_projectedLossWithoutBand_leavesTheBandOut() throws Exception {
    ReportFolder.write(
        TinyRun.losing(
            Optional.of(
                new FirstLoss(12_345, true, Double.NaN, Double.NaN, OptionalDouble.of(24_690)))),
        folder);

    assertThat(Files.readAllLines(folder.resolve("schemes.csv")).get(2))
        .endsWith(",12345.0,true,,,1,24690.0,0.5,");
    // 2 iterations are an epoch, 100 a day.
    assertThat(
            new ObjectMapper()
                .readTree(folder.resolve("report.json").toFile())
                .at("/scenarios/1/firstLoss"))
        .hasToString(
            "{\"iterations\":12345.0,\"projected\":true,\"low\":null,\"high\":null,"
                + "\"epochs\":6172.5,\"days\":123.45,\"bound\":24690.0,\"efficiency\":0.5}");
  }

  @Test
  void write_failedRowsAreGivenUp_saysWhatThatCosts() throws Exception {
    ReportFolder.write(RetiringRun.complete(), folder);

    JsonNode json = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
    assertThat(
            List.of(
                json.at("/scenarios/0/retirement"), json.at("/scenarios/0/layers/0/retirement")))
        .allSatisfy(
            costs ->
                assertThat(costs)
                    .hasToString(
                        "{\"verifyReads\":36,\"readPasses\":{\"atEnd\":2,\"mean\":1.6,\"most\":2},"
                            + "\"retiredRows\":1,\"spareRows\":3,\"spareRowsUsed\":1}"));
    assertThat(Files.readAllLines(folder.resolve("retirement.csv")))
        .containsExactly(
            "scenario,layer,verifyReads,readPassesAtEnd,readPassesMean,readPassesMost,"
                + "retiredRows,spareRows,spareRowsUsed,columnBlocks,borrowedRows",
            "s,,36,2,1.6,2,1,3,1,,0",
            "s,fc,36,2,1.6,2,1,3,1,2,0");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains(
            "<tr><th scope=\"row\">s</th><td>20.0 %</td><td>–</td><td>36</td><td>1.60</td><td>2</td><td>2</td><td>1</td><td>1 of 3</td><td>0</td></tr>");
  }

  /** Two of the narrow layer's four wordlines are spare, and the two that the wide one borrows. */
  @Test
  void write_layersLendEachOtherColumns_saysWhatEachHas() throws Exception {
    ReportFolder.write(RetiringRun.lending(), folder);

    JsonNode layers =
        new ObjectMapper()
            .readTree(folder.resolve("report.json").toFile())
            .at("/scenarios/0/layers");
    assertThat(layers)
        .extracting(
            layer -> layer.at("/physicalRows").asInt(),
            layer -> layer.at("/columnBlocks").asInt(),
            layer -> layer.at("/borrowedRows").asInt())
        .containsExactly(tuple(8, 2, 0), tuple(6, 1, 2));
    assertThat(Files.readAllLines(folder.resolve("retirement.csv")).subList(1, 4))
        .containsExactly(
            "s,,2,1,1.0,1,0,4,0,,2", "s,narrow,1,1,1.0,1,0,2,0,2,0", "s,wide,1,1,1.0,1,0,2,0,1,2");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("<td>0 of 4</td><td>2</td></tr>")
        .contains("<b>layer narrow</b>: 8 rows in 2 blocks of columns · ")
        .contains("<b>layer wide</b>: 6 rows, 2 wordlines borrowed · ");
  }

  @Test
  void write_noRowIsGivenUp_saysNothingOfIt() throws Exception {
    ReportFolder.write(TinyRun.complete(), folder);

    assertThat(Files.readAllLines(folder.resolve("retirement.csv"))).hasSize(1);
    assertThat(Files.readString(folder.resolve("report.json")))
        .doesNotContain("columnBlocks", "borrowedRows");
    assertThat(Files.readString(folder.resolve("report.html")))
        .doesNotContain("What giving up rows costs");
  }

  @Test
  void write_unknownLoss_isLeftOutOfTheSchemes() throws Exception {
    ReportFolder.write(TinyRun.losing(Optional.empty()), folder);

    assertThat(Files.readAllLines(folder.resolve("schemes.csv")).get(2)).endsWith(",,,,,1,,,");
  }

  @Test
  void isDone_layerEndedByABadRecord_isAndTheReportSaysWhy() {
    RunWear wear = new RunWear(TinyRun.PLAN, Policies.onClassPath());
    wear.add(TinyRun.rows(5, 3, 3, 1, 0), 1);
    assertThat(wear.isDone()).isFalse();

    wear.endLayer("gradients-0@7", "broken", "fc", List.of());

    assertThat(wear.isDone()).isTrue();
    assertThat(wear.report().complete()).isFalse();
    assertThat(wear.report().warnings()).containsExactly("gradients-0@7, broken");
    assertThat(LifetimeTable.render(wear.report(), List.of()))
        .contains(
            "INCOMPLETE: 0 of 10 iterations, up to which the wear of every layer was reported; gradients and some layers may be further")
        .contains("gradients-0@7, broken");
  }

  @Test
  void isDone_layerEndedInOneScenario_waitsForTheOther() {
    RunWear wear = new RunWear(TinyRun.PLAN, Policies.onClassPath());
    wear.add(TinyRun.cells(5), 1);

    wear.endLayer("row-writes-0@7", "broken", "fc", List.of(0));

    assertThat(wear.isDone()).isFalse();
    wear.add(TinyRun.cells(10), 1);
    wear.add(1, new AccuracyPoint(10, 40, 30, 0.5), 1);
    assertThat(wear.isDone()).isTrue();
    assertThat(wear.report().complete()).isFalse();
  }

  @Test
  void report_manyBadRecords_saysHowManyAreLeftOutAndWhyItWasAborted() {
    RunWear wear = new RunWear(TinyRun.PLAN, Policies.onClassPath());
    for (int i = 0; i < 103; i++) {
      wear.badRecord("gradients-0@" + i);
    }
    wear.abort("stopped");

    assertThat(wear.report().warnings())
        .hasSize(102)
        .endsWith("gradients-0@99", "and 3 more records that could not be used", "stopped");
    assertThat(wear.isDone()).isTrue();
  }

  @Test
  void colour_moreWrites_isLighter() {
    WearScale scale = new WearScale(1000);

    int before = lightness(scale.colour(0));
    for (long writes : new long[] {1, 10, 100, 1000}) {
      int lightness = lightness(scale.colour(writes));
      assertThat(lightness).isGreaterThan(before);
      before = lightness;
    }
    assertThat(scale.colour(1000)).isEqualTo(0xF4E442);
    assertThat(scale.colour(0)).isEqualTo(WearScale.UNWRITTEN);
  }

  private static int lightness(int colour) {
    return 2 * (colour >> 16 & 0xFF) + 7 * (colour >> 8 & 0xFF) + (colour & 0xFF);
  }
}
