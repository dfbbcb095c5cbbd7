package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.page.PageFolder;

/** The page of a report on disk, as a browser gets it. */
final class PageIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private static Path folder = Path.of("");
  private static String address = "";
  private static List<AutoCloseable> open = List.of();

  @BeforeAll
  static void serveARun() throws Exception {
    Path reports = folder.resolve("reports");
    Runs.run(Runs.PROJECT.resolve("experiments/quickstart.yml"), 600, reports.resolve("quick"));
    Files.writeString(folder.resolve("secret.json"), "secret");
    Files.writeString(reports.resolve("notes.txt"), "what else people keep there");
    PageServer server = new PageServer(new PageFolder(reports), reports, 0);
    open = List.of(server);
    address = server.address();
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable server : open) {
      server.close();
    }
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(address + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(String path) throws Exception {
    return JSON.readTree(get(path).body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "address.js",
        "app.js",
        "chart.js",
        "charts.js",
        "dom.js",
        "follow.js",
        "format.js",
        "legend.js",
        "look.js",
        "maps.js",
        "runs.js",
        "scales.js",
        "seen.js",
        "settings.js",
        "sweeps.js",
        "table.js",
        "together.js",
        "style.css",
        "openapi.yml",
        "charts/echarts.min.js"
      })
  void get_partsOfThePage_areThereAndAskNoOtherHost(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'")
        .contains("connect-src 'self'")
        .doesNotContain("http");
  }

  @Test
  void get_runs_saysHowFarTheyAre() throws Exception {
    JsonNode runs = json("api/runs");

    assertThat(runs).hasSize(1);
    assertThat(runs.get(0).get("run").asText()).isEqualTo("quick");
    assertThat(runs.get(0).get("state").asText()).isEqualTo("finished");
    assertThat(runs.get(0).get("iterations").asLong()).isEqualTo(600);
  }

  /** Nothing is computed anew for the page. */
  @Test
  void get_run_hasTheNumbersOfTheReport() throws Exception {
    JsonNode report = json("reports/quick/report.json");
    JsonNode shown = json("api/runs/quick");

    // The trace of 512 iterations is repeated; two bounds are above 600.
    assertThat(shown.get("notices")).hasSize(2).isEqualTo(report.get("notices"));
    assertThat(shown.get("scenarios")).hasSameSizeAs(report.get("scenarios"));
    for (int i = 0; i < report.get("scenarios").size(); i++) {
      JsonNode expected = report.get("scenarios").get(i);
      JsonNode scenario = shown.get("scenarios").get(i);
      for (String key :
          List.of(
              "name", "maxCellWrites", "lifetimeExtension", "bound", "efficiency", "overhead")) {
        assertThat(scenario.get(key)).as(key).isEqualTo(expected.get(key));
      }
      JsonNode most = scenario.get("timeline").get("max");
      assertThat(most.get(most.size() - 1)).isEqualTo(expected.get("maxCellWrites"));
    }
  }

  /** Of so many rows each the most writes. */
  private static JsonNode mostOfEach(int rows, JsonNode writes) {
    ArrayNode most = new ObjectMapper().createArrayNode();
    for (int from = 0; from < writes.size(); from += rows) {
      int largest = 0;
      for (int row = from; row < Math.min(from + rows, writes.size()); row++) {
        largest = Math.max(largest, writes.get(row).asInt());
      }
      most.add(largest);
    }
    return most;
  }

  @Test
  void get_layer_hasItsRowsAndHowTheyWere() throws Exception {
    JsonNode report = json("reports/quick/report.json");
    JsonNode layer = json("api/runs/quick/layers/1");

    assertThat(layer.get("layer").asText()).isEqualTo("conv2");
    for (int i = 0; i < report.get("scenarios").size(); i++) {
      JsonNode expected = report.get("scenarios").get(i).get("layers").get(1);
      JsonNode shown = layer.get("scenarios").get(i);
      if (!expected.has("cellWrites")) {
        assertThat(shown.get("rowWrites"))
            .isEqualTo(mostOfEach(shown.get("rowsPerBucket").asInt(), expected.get("rowWrites")));
      }
      JsonNode history = shown.get("history");
      assertThat(history).isNotEmpty();
      assertThat(history.get(0).get("iterations").asLong())
          .isLessThan(history.get(history.size() - 1).get("iterations").asLong());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/api/runs,                       api/runs",
    "/api/runs/{run},                 api/runs/quick",
    "/api/runs/{run}/layers/{layer},  api/runs/quick/layers/0",
    "/api/runs/{run}/layers/{layer},  api/runs/quick/layers/1",
    "/api/runs/{run}/layers/{layer},  api/runs/quick/layers/2",
    "/reports,                        reports"
  })
  void get_json_isAsDescribed(String path, String example) throws Exception {
    assertThat(ApiDescription.read().differences(path, get(example).body())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "report.json,     application/json",
    "report.html,     text/html",
    "wear.csv,        text/csv",
    "wear.parquet,    application/vnd.apache.parquet",
    "schemes.svg,     image/svg+xml"
  })
  void get_fileOfAReport_saysWhatItIs(String file, String type) throws Exception {
    HttpResponse<String> answer = get("reports/quick/" + file);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type);
  }

  @Test
  void get_eventsOfARunThatIsOver_tellAllOnceAndEnd() throws Exception {
    List<String> said;
    try (Stream<String> lines =
        HTTP.send(
                HttpRequest.newBuilder(URI.create(address + "api/runs/quick/events?layer=2"))
                    .build(),
                HttpResponse.BodyHandlers.ofLines())
            .body()) {
      said = lines.filter(line -> !line.startsWith("data: {\"")).map(String::strip).toList();
    }

    assertThat(said)
        .containsExactly("event: summary", "", "event: layer", "", "event: end", "data: {}", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api/runs/other",
        "api/runs/..",
        "api/runs/%2e%2e%2fsecret",
        "api/runs/quick/layers/9",
        "api/runs/quick/layers/-1",
        "..%2fsecret.json",
        "reports/%2e%2e/secret.json",
        "reports/%00/x",
        "reports/quick/%00",
        "api/runs/%00",
        "api/runs/%00/layers/0",
        "charts/%00",
        "application.yml",
        "page/index.html"
      })
  void get_whatIsNotThere_isNotFound(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isIn(400, 404);
    assertThat(answer.body()).doesNotContain("secret\n").doesNotContain("bootstrap");
  }
}
