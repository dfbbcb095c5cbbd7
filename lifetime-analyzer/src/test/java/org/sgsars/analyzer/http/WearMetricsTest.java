package org.sgsars.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.TinyRun;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.page.LivePages;
import org.sgsars.analyzer.page.LivePages.Progress;
import org.sgsars.analyzer.page.PageFolder;

/** What Prometheus reads of a run that trains. */
final class WearMetricsTest {
  private static final Path DASHBOARD = Path.of("../docker/grafana/dashboards/sgs-ars.json");

  /** Follows the tiny run, which has ended. */
  private static final LivePages.Source TINY =
      new LivePages.Source() {
        @Override
        public List<Progress> runs() {
          return List.of(
              new LivePages.Progress(
                  "run-1", "tiny", 10, 10, new LivePages.Times(0, 0), true, true, 1));
        }

        @Override
        public Optional<Progress> progress(String run) {
          return runs().stream().filter(progress -> progress.run().equals(run)).findFirst();
        }

        @Override
        public Optional<LifetimeReport> report(String run) {
          return progress(run).map(progress -> TinyRun.complete());
        }
      };

  @TempDir private Path folder = Path.of("");

  private String scraped() throws IOException {
    LivePages pages = new LivePages(TINY, new PageFolder(folder));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(text, new WearMetrics(() -> pages).collect());
    return text.toString(StandardCharsets.UTF_8);
  }

  @Test
  void collect_trainingScenario_tellsOfItsAccuracyFailedCellsAndLostWeights() throws IOException {
    assertThat(scraped().lines())
        .contains(
            "sgsars_run_iterations{experiment=\"tiny\",run=\"run-1\"} 10.0",
            "sgsars_run_running{experiment=\"tiny\",run=\"run-1\"} 0.0",
            "sgsars_scenario_max_cell_writes{run=\"run-1\",scenario=\"cells\"} 10.0",
            "sgsars_scenario_failed_cells{run=\"run-1\",scenario=\"cells\"} 1.0",
            "sgsars_scenario_lost_weights{run=\"run-1\",scenario=\"cells\"} 1.0",
            "sgsars_scenario_accuracy_ratio{run=\"run-1\",scenario=\"cells\"} 0.75")
        .noneMatch(
            line -> line.startsWith("sgsars_scenario_accuracy_ratio{") && line.contains("rows"))
        .noneMatch(
            line -> line.startsWith("sgsars_scenario_failed_cells{") && line.contains("rows"))
        .noneMatch(
            line -> line.startsWith("sgsars_scenario_lost_weights{") && line.contains("rows"));
  }

  @Test
  void collect_trainingRun_hasEveryWearMetricOfTheDashboard() throws IOException {
    List<String> asked =
        new ObjectMapper()
            .readTree(DASHBOARD.toFile()).findValuesAsText("expr").stream()
                .flatMap(
                    query ->
                        Pattern.compile("sgsars_(run|scenario)_\\w+")
                            .matcher(query)
                            .results()
                            .map(found -> found.group()))
                .distinct()
                .toList();

    assertThat(asked).hasSizeGreaterThan(5);
    String scraped = scraped();
    assertThat(asked).allSatisfy(metric -> assertThat(scraped).contains("\n" + metric + "{"));
  }
}
