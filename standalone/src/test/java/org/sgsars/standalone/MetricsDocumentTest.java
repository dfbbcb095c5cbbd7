package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/reference/metrics.md has every metric of the services, and no other. */
final class MetricsDocumentTest {
  private static final String FILE = "docs/reference/metrics.md";
  private static final String OF_SERVICES =
      "service-support/src/main/java/org/sgsars/service/http/PipelineMetrics.java";
  private static final String OF_RUNS =
      "lifetime-analyzer/src/main/java/org/sgsars/analyzer/http/WearMetrics.java";

  /** Named as Micrometer has it: with dots, and without the end that counters get. */
  private static final Pattern METER =
      Pattern.compile("(FunctionCounter|Gauge)\\s*\\.builder\\(\\s*\"([^\"]+)\"");

  private static final Pattern GAUGE = Pattern.compile("new (?:Scenario)?Gauge\\(\\s*\"([^\"]+)\"");
  private static final Pattern LABELS = Pattern.compile("Labels\\.of\\(([^;]+)\\);");
  private static final Pattern TEXT = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\w+) \\| ([^|]*)\\| [^|]+ \\| [^|]+ \\|$");
  private static final Pattern MOST_RUNS = Pattern.compile("MOST_RUNS = (\\d+);");

  private static String read(String file) throws IOException {
    return Files.readString(Runs.PROJECT.resolve(file));
  }

  /** Type and labels by name. */
  private static Map<String, String> metrics() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (MatchResult meter : METER.matcher(read(OF_SERVICES)).results().toList()) {
      String name = meter.group(2).replace('.', '_');
      if (meter.group(1).equals("Gauge")) {
        found.put(name, "gauge");
      } else {
        found.put(name + "_total", "counter");
      }
    }
    String ofRuns = read(OF_RUNS);
    List<String> labels =
        LABELS.matcher(ofRuns).results().map(match -> labels(match.group(1))).toList();
    assertThat(labels).as("labels of runs, then of scenarios, in %s", OF_RUNS).hasSize(2);
    for (MatchResult gauge : GAUGE.matcher(ofRuns).results().toList()) {
      String name = gauge.group(1);
      found.put(name, "gauge " + labels.get(name.startsWith("sgsars_run_") ? 0 : 1));
    }
    return found;
  }

  private static String labels(String arguments) {
    return TEXT.matcher(arguments)
        .results()
        .map(label -> "`" + label.group(1) + "`")
        .collect(Collectors.joining(", "));
  }

  @Test
  void document_metrics_areThoseOfTheServices() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    ROW.matcher(read(FILE))
        .results()
        .forEach(row -> documented.put(row.group(1), (row.group(2) + " " + row.group(3)).strip()));

    assertThat(documented).hasSizeGreaterThan(10).isEqualTo(metrics());
  }

  @Test
  void document_runs_areAsManyAsTheAnalyzerReports() throws IOException {
    Matcher most = MOST_RUNS.matcher(read(OF_RUNS));
    assertThat(most.find()).isTrue();

    assertThat(read(FILE)).contains("the latest %s runs only".formatted(most.group(1)));
  }
}
