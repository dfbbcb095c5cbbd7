package org.sgsars.analyzer.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.SweptRun;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.model.Sweep;

/** What a report makes of scenarios that differ in some settings only. */
final class SweepReportTest {
  private static final Sweep GRID =
      new Sweep(
          "ars",
          1,
          List.of(
              new Sweep.Range("leveller.interval", List.of(256L, 1024L)),
              new Sweep.Range("leveller.percent", List.of(0.5, 2.0))));

  // Extensions are 100 / writes; 20 of 200 writes are 10 % overhead.
  private static final LifetimeReport GRIDDED =
      SweptRun.of(List.of(GRID), new long[] {2, 50, 10, 20, 4}, new long[] {0, 20, 60, 10, 60});

  @TempDir private Path folder = Path.of("");

  private String written(LifetimeReport report, String file) throws Exception {
    assertThat(ReportFolder.write(report, folder)).isEmpty();
    return Files.readString(folder.resolve(file));
  }

  @Test
  void render_sweep_isABestOneAboveAndATableOfItsSettingsBelow() {
    assertThat(LifetimeTable.render(GRIDDED, List.of()))
        .isEqualTo(
            """
            run swept, 100 iterations
            by hand: 1 layer, 8 weights
            +--------------+-------------+-----------+-------+------------+--------------+
            | scenario     | most writes | extension | bound | efficiency | extra writes |
            +--------------+-------------+-----------+-------+------------+--------------+
            | plain        |           2 |    50.00x | 4.00x |   1250.0 % |        0.0 % |
            | ars-1024-2.0 |           4 |    25.00x | 4.00x |    625.0 % |       30.0 % |
            +--------------+-------------+-----------+-------+------------+--------------+
            extension: iterations / most writes of a cell, as if all cells were alike; dense training is 1.00x.
            bound: the extension if the same updates were spread evenly over each layer's array; efficiency: extension / bound.
            extra writes: writes that levelling adds / writes of updates. --wide shows more columns.

            sweep ars: 4 scenarios over interval x percent; above is that of longest extension
            +----------+---------+-------------+-----------+------------+--------------+
            | interval | percent | most writes | extension | efficiency | extra writes |
            +----------+---------+-------------+-----------+------------+--------------+
            |      256 |     0.5 |          50 |     2.00x |     50.0 % |       10.0 % |
            |      256 |       2 |          10 |    10.00x |    250.0 % |       30.0 % |
            |     1024 |     0.5 |          20 |   * 5.00x |    125.0 % |        5.0 % |
            |     1024 |       2 |           4 |  * 25.00x |    625.0 % |       30.0 % |
            +----------+---------+-------------+-----------+------------+--------------+
            * No other of the sweep reaches as much at as few extra writes.""");
  }

  @Test
  void write_sweep_jsonNamesItAndItsValues() throws Exception {
    JsonNode scenarios =
        new ObjectMapper().readTree(written(GRIDDED, "report.json")).get("scenarios");

    assertThat(scenarios.get(0).has("sweep")).isFalse();
    assertThat(scenarios.get(2).get("sweep"))
        .hasToString(
            "{\"name\":\"ars\",\"values\":{\"leveller.interval\":256,\"leveller.percent\":2.0}}");
    assertThat(
            new ObjectMapper()
                .readTree(folder.resolve("page/summary.json").toFile())
                .at("/scenarios/2/sweep"))
        .isEqualTo(scenarios.get(2).get("sweep"));
  }

  @Test
  void write_sweep_tablesHaveIt() throws Exception {
    assertThat(written(GRIDDED, "sweeps.csv"))
        .startsWith(
            """
            sweep,scenario,setting,value,number
            ars,ars-256-0.5,leveller.interval,256,256.0
            ars,ars-256-0.5,leveller.percent,0.5,0.5
            ars,ars-256-2.0,leveller.interval,256,256.0
            ars,ars-256-2.0,leveller.percent,2,2.0
            """)
        .hasLineCount(1 + 4 * 2);
    assertThat(Files.readAllLines(folder.resolve("schemes.csv")))
        .satisfies(lines -> assertThat(lines.get(1)).endsWith(","))
        .satisfies(lines -> assertThat(lines.get(2)).endsWith(",ars"));
    assertThat(folder.resolve("sweeps.parquet")).isNotEmptyFile();
  }

  @Test
  void write_twoSettings_areAHeatMap() throws Exception {
    String html = written(GRIDDED, "report.html");

    assertThat(html)
        .contains("<h3>ars: 4 scenarios over interval x percent</h3>")
        .contains(
            "aria-label=\"Lifetime extension over interval and percent, a cell per scenario\"")
        // The least and the longest extension have the ends of the scale.
        .contains("<g><title>ars-256-0.5: 2.0×</title><rect x=\"121.0\" y=\"43.0\"")
        .contains("height=\"26\" fill=\"#1c1044\"/>")
        .contains("<g><title>ars-1024-2.0: 25.0×</title><rect x=\"221.0\" y=\"71.0\"")
        .contains("height=\"26\" fill=\"#f4e442\"/>")
        .contains(">* 25.0×</text>")
        .doesNotContain("First loss (iterations)");
  }

  @Test
  void write_oneSetting_isALineForEachSweepOverIt() throws Exception {
    Sweep none = SweptRun.over("none", 1, "crossbar.size", 64L, 128L, 1024L);
    Sweep paced = SweptRun.over("paced", 4, "crossbar.size", 64L, 128L, 1024L);
    LifetimeReport report =
        SweptRun.of(List.of(none, paced), new long[] {2, 50, 50, 50, 10, 4, 1}, new long[7]);

    String html = written(report, "report.html");

    assertThat(html)
        .contains("<h3>none: 3 scenarios over size; paced: 3 scenarios over size</h3>")
        .contains(">size (log)</text>")
        .contains("<title>paced-128: 25.0×</title>");
    assertThat(html.split("one line per sweep", -1)).hasSize(2);
  }

  @Test
  void write_threeSettings_areAMapForEachValueOfTheFirst() throws Exception {
    Sweep sweep =
        new Sweep(
            "x",
            1,
            List.of(
                new Sweep.Range("sparsifier.score", List.of("max", "sum")),
                new Sweep.Range("leveller.interval", List.of(8L)),
                new Sweep.Range("leveller.flag", List.of(true, false))));
    LifetimeReport report = SweptRun.of(List.of(sweep), new long[] {2, 50, 10, 20, 4}, new long[5]);

    assertThat(written(report, "report.html"))
        .contains(">score max</text>")
        .contains(">score sum</text>");
  }

  @Test
  void write_namesAndValues_cannotPoseAsMarkup() throws Exception {
    Sweep sweep =
        new Sweep(
            "<b>",
            1,
            List.of(
                new Sweep.Range("leveller.<i>", List.of("<u>")),
                new Sweep.Range("leveller.b", List.of("<s>", "t"))));

    assertThat(
            written(SweptRun.of(List.of(sweep), new long[] {2, 5, 10}, new long[3]), "report.html"))
        .doesNotContain("<b>-")
        .doesNotContain("<i>")
        .doesNotContain("<u>")
        .doesNotContain("<s>");
  }
}
