package org.sgsars.analyzer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.ConstantDevice;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.Accuracy;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.contract.model.GradientFormat;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.LearningRateStep;
import org.sgsars.contract.model.OptimizerSettings;
import org.sgsars.contract.model.ParameterShape;
import org.sgsars.contract.model.PolicyChoice;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.model.ScenarioPlan;
import org.sgsars.contract.model.Settings;
import org.sgsars.contract.model.TrainingPlan;
import org.sgsars.contract.policy.Policies;

/**
 * A run of ten iterations, two scenarios and one layer of 3 x 2 cells in crossbars of four rows.
 * The golden files were checked by hand; {@code -Dgolden.write=true} writes them anew.
 */
final class ReportFolderTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final PolicyChoice NONE = new PolicyChoice("none", Settings.NONE);
  private static final PolicyChoice DEVICE = ConstantDevice.of(7.0);
  private static final RunPlan PLAN =
      new RunPlan(
          "run-1",
          "tiny",
          1_700_000_000_000L,
          "by hand",
          10,
          7,
          new OptimizerSettings(0.9f, 0.05f, 0, List.of(new LearningRateStep(8, 0.01f))),
          GradientFormat.BF16,
          LayerShape.of(
              List.of(
                  new ParameterShape("fc.weight", List.of(2, 2)),
                  new ParameterShape("fc.bias", List.of(2)))),
          List.of(
              new PolicyChoice("sgs", Settings.of(Map.of("rows", 1L))),
              new PolicyChoice("top-k", Settings.of(Map.of("ratio", 0.2)))),
          List.of(
              new ScenarioPlan("rows, \"quoted\" <b>", 0, List.of(NONE), 4),
              new ScenarioPlan("cells", 1, List.of(NONE), 4).on(DEVICE)),
          5,
          true,
          new RunPlan.RunTime(OptionalLong.of(2), OptionalDouble.of(864)),
          Optional.of(new TrainingPlan(List.of(1), 10)),
          "name: tiny # </pre><script>alert(1)</script>\n");

  @TempDir private Path folder = Path.of("");

  private static WearPart rows(long iterations, long... writes) {
    return new WearPart(
        0,
        0,
        iterations,
        0,
        1,
        0,
        writes,
        null,
        new int[] {1, 0, 2, 3},
        java.util.Arrays.stream(writes).max().orElseThrow(),
        2 * iterations,
        4,
        0,
        0,
        0,
        new long[0],
        new long[0],
        new int[0],
        java.util.Collections.nCopies(5, new int[] {1}));
  }

  private static WearPart cells(long iterations) {
    return new WearPart(
        1,
        0,
        iterations,
        0,
        1,
        0,
        new long[] {iterations, 0, 0, 0},
        new long[] {iterations, 1, 0, 0, 0, 0, 0, 0},
        new int[] {0, 1, 2, 3},
        iterations,
        iterations + 1,
        0,
        iterations,
        2,
        0,
        // The cell that every iteration writes survives seven writes.
        iterations > 7 ? new long[] {7} : new long[0],
        iterations > 7 ? new long[] {1} : new long[0],
        iterations > 7 ? new int[] {1, 0, 0, 0} : new int[0],
        java.util.Collections.nCopies(5, new int[] {0, 1}));
  }

  private static LifetimeReport complete() {
    RunWear wear = new RunWear(PLAN, Policies.onClassPath());
    wear.take(rows(5, 3, 3, 1, 0), 1_700_000_001_000L);
    wear.take(cells(5), 1_700_000_001_000L);
    wear.take(rows(10, 6, 5, 1, 0), 1_700_000_002_000L);
    wear.take(cells(10), 1_700_000_002_000L);
    // Sent again after a restart: changes nothing.
    wear.take(rows(5, 9, 9, 9, 9), 1_700_000_002_000L);
    wear.take(1, new Accuracy(0, 40, 4, 2.5), 1_700_000_001_000L);
    wear.take(1, new Accuracy(10, 40, 30, Double.POSITIVE_INFINITY), 1_700_000_002_000L);
    assertThat(wear.isDone()).isTrue();
    return wear.report();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "report.json",
        "schemes.csv",
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
    ReportFolder.write(complete(), folder);

    String text = Files.readString(folder.resolve(name));
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(GOLDEN.resolve(name).getParent());
      Files.writeString(GOLDEN.resolve(name), text);
    }
    assertThat(text).isEqualTo(Files.readString(GOLDEN.resolve(name)));
  }

  @Test
  void report_completeRun_extensionIsIterationsByTheMostWornCell() {
    LifetimeReport.ScenarioLifetime rows = complete().scenarios().get(0);

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
    ReportFolder.write(complete(), folder);

    assertThat(LifetimeTable.render(complete())).contains(note);
    assertThat(Files.readString(folder.resolve("report.html"))).contains(note);
    assertThat(Files.readString(folder.resolve("report.json"))).contains("\"wire\" : \"bf16\"");
  }

  @Test
  void write_html_loadsNothingAndEscapesNames() throws Exception {
    ReportFolder.write(complete(), folder);

    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("rows, &quot;quoted&quot; &lt;b&gt;")
        .contains("&lt;script&gt;alert(1)")
        .doesNotContain("<script>alert(1)")
        .doesNotContain("http://", "https://", "<link", "@import");
  }

  @Test
  void isDone_layerEndedByABadRecord_isAndTheReportSaysWhy() {
    RunWear wear = new RunWear(PLAN, Policies.onClassPath());
    wear.take(rows(5, 3, 3, 1, 0), 1);
    assertThat(wear.isDone()).isFalse();

    wear.endLayer("gradients-0@7: broken", "fc", List.of());

    assertThat(wear.isDone()).isTrue();
    assertThat(wear.report().complete()).isFalse();
    assertThat(wear.report().warnings()).containsExactly("gradients-0@7: broken");
    assertThat(LifetimeTable.render(wear.report()))
        .contains("INCOMPLETE: 0 of 10 iterations")
        .contains("gradients-0@7: broken");
  }

  @Test
  void isDone_layerEndedInOneScenario_waitsForTheOther() {
    RunWear wear = new RunWear(PLAN, Policies.onClassPath());
    wear.take(cells(5), 1);

    wear.endLayer("row-writes-0@7: broken", "fc", List.of(0));

    assertThat(wear.isDone()).isFalse();
    wear.take(cells(10), 1);
    wear.take(1, new Accuracy(10, 40, 30, 0.5), 1);
    assertThat(wear.isDone()).isTrue();
    assertThat(wear.report().complete()).isFalse();
  }

  @Test
  void report_manyBadRecords_saysHowManyAreLeftOutAndWhyItWasAborted() {
    RunWear wear = new RunWear(PLAN, Policies.onClassPath());
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
