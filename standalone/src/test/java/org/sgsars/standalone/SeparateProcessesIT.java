package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The five jars as processes of their own on one broker. */
final class SeparateProcessesIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Path QUICKSTART = Runs.PROJECT.resolve("experiments/quickstart.yml");

  @TempDir private Path folder = Path.of("");
  private final EmbeddedBroker broker =
      EmbeddedBroker.start(Path.of(System.getProperty("java.io.tmpdir")), failure -> {});
  private ServiceProcesses processes = new ServiceProcesses(broker.bootstrapServers(), folder);
  private Path machine = folder;
  private List<Process> first = List.of();

  @BeforeEach
  void startServices() throws Exception {
    processes = new ServiceProcesses(broker.bootstrapServers(), folder);
    first = startMachine("machine-1");
  }

  /** Starts the three services between producer and analyzer, which share nothing with others. */
  private List<Process> startMachine(String name) throws IOException {
    machine = Files.createDirectory(folder.resolve(name));
    List<Process> started = new ArrayList<>();
    for (String service : ServiceProcesses.STAGES) {
      started.add(processes.startStage(machine, service));
    }
    return started;
  }

  @AfterEach
  void stopAll() {
    processes.close();
    broker.close();
  }

  @Test
  void run_fiveProcesses_twoRunsBesideEachOther_reportsEqualTheOneProcessRuns() throws Exception {
    int port = LocalPorts.free();
    Path reports = folder.resolve("reports");
    processes.startAnalyzer(machine, port, reports);

    Process one = processes.produce(machine, QUICKSTART, "first", 300);
    Process other = processes.produce(machine, QUICKSTART, "second", 300);

    assertThat(one.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(other.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(one.exitValue()).isZero();
    assertThat(other.exitValue()).isZero();
    for (String run : List.of("first", "second")) {
      Awaitility.await(run)
          .atMost(TIMEOUT)
          .until(() -> Files.exists(reports.resolve(run).resolve("report.json")));
    }
    assertThat(get(port, "/health")).contains("\"status\":\"UP\"").contains("\"deadLetters\":0");
    assertThat(get(port, "/status")).contains("\"run\":\"second\"").contains("finished");
    ApiDescription description = ApiDescription.read();
    for (String path : List.of("/status", "/health", "/api/runs", "/reports")) {
      assertThat(description.differences(path, get(port, path))).as(path).isEmpty();
    }
    for (String path : description.paths()) {
      String example =
          path.replace("{run}", "first").replace("{layer}", "0").replace("{file}", "wear.parquet");
      assertThat(answer(port, "GET", example, "").statusCode()).as(path).isEqualTo(200);
    }
    String metrics = get(port, "/prometheus");
    Set<String> ofAReplay = metricsOfTheDashboard();
    assertThat(ofAReplay.remove("sgsars_scenario_accuracy_ratio")).isTrue();
    for (String metric : ofAReplay) {
      assertThat(metrics).containsPattern("(?m)^" + metric + "[ {]");
    }
    assertThat(metrics)
        .contains("sgsars_records_total ")
        .contains("sgsars_dead_letters_total 0.0")
        .contains("sgsars_partitions ")
        .contains("sgsars_lag_records 0.0")
        .contains("sgsars_run_iterations{experiment=\"quickstart\",run=\"first\"} 300.0")
        .contains("sgsars_run_planned_iterations{experiment=\"quickstart\",run=\"second\"} 300.0")
        .contains("sgsars_run_running{experiment=\"quickstart\",run=\"second\"} 0.0")
        .contains("sgsars_scenario_max_cell_writes{run=\"first\",scenario=\"dense\"} 300.0")
        .contains("sgsars_scenario_lifetime_extension_ratio{run=\"first\",scenario=\"dense\"} 1.0")
        .contains("sgsars_scenario_levelling_overhead_ratio{run=\"first\",scenario=\"dense\"} 0.0")
        .contains("sgsars_scenario_efficiency_ratio{")
        .contains("sgsars_scenario_mean_cell_writes{")
        .contains("sgsars_scenario_failed_cells{run=\"first\",scenario=\"sgs\"} 0.0");

    assertThat(get(port, "/reports")).isEqualTo("[\"first\",\"second\"]");
    assertThat(get(port, "/")).contains("How long does the engine live?");
    assertThat(get(port, "/reports/first/report.json"))
        .isEqualTo(Files.readString(reports.resolve("first/report.json")));
    for (String path : List.of("/", "/status", "/reports/first/report.html", "/nowhere")) {
      HttpResponse<String> answer = answer(port, "GET", path, "");
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
          .as(path)
          .startsWith("default-src 'none'");
      assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
      for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
        assertThat(answer(port, method, path, "{}").statusCode()).isIn(404, 405);
      }
    }
    assertThat(answer(port, "POST", "/", "x".repeat(100_000)).statusCode()).isIn(405, 413);
    Files.writeString(folder.resolve("secret.json"), "secret");
    for (String path :
        List.of(
            "/reports/first/secret", "/reports/../secret.json", "/reports/%2e%2e/secret.json")) {
      assertThat(get(port, path)).doesNotContain("secret\n").isNotEqualTo("secret");
    }

    CommandResult letters =
        CommandResult.run("dead-letters", "--bootstrap", broker.bootstrapServers());
    assertThat(letters.code()).isZero();
    assertThat(letters.out()).contains("no dead letters");
    Path alone = folder.resolve("alone");
    Runs.run(QUICKSTART, 300, alone);
    assertThat(Runs.timeless(reports.resolve("first"))).isEqualTo(Runs.timeless(alone));
    assertThat(Runs.timeless(reports.resolve("second"))).isEqualTo(Runs.timeless(alone));
  }

  @Test
  void run_machineAddedAndTheFirstLostForEver_continuesWithItsReport() throws Exception {
    int port = LocalPorts.free();
    Path reports = folder.resolve("reports");
    processes.startAnalyzer(machine, port, reports);
    Process producer = processes.produce(machine, QUICKSTART, "moved", 6000);
    Awaitility.await("some iterations")
        .atMost(TIMEOUT)
        .ignoreExceptions()
        .until(() -> iterations(port) > 500);

    startMachine("machine-2");
    Awaitility.await("some more").atMost(TIMEOUT).until(() -> iterations(port) > 2000);
    first.forEach(Process::destroyForcibly);

    assertThat(producer.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(producer.exitValue()).isZero();
    Awaitility.await("report")
        .atMost(TIMEOUT)
        .until(() -> Files.exists(reports.resolve("moved/report.json")));
    Path alone = folder.resolve("alone");
    Runs.run(QUICKSTART, 6000, alone);
    assertThat(Runs.timeless(reports.resolve("moved"))).isEqualTo(Runs.timeless(alone));
    assertThat(get(port, "/status")).contains("\"run\":\"moved\"").doesNotContain("moved~1");
    for (String name : List.of("machine-1", "machine-2")) {
      assertThat(folder.resolve(name)).isEmptyDirectory();
    }
  }

  /** How far the analyzer has the run. */
  private static long iterations(int port) throws Exception {
    long most = 0;
    for (JsonNode run : new ObjectMapper().readTree(get(port, "/status")).path("layers")) {
      most = Math.max(most, run.path("iterations").asLong());
    }
    return most;
  }

  private static Set<String> metricsOfTheDashboard() throws IOException {
    Set<String> metrics = new TreeSet<>();
    for (JsonNode panel :
        new ObjectMapper()
            .readTree(Runs.PROJECT.resolve("docker/grafana/dashboards/sgs-ars.json").toFile())
            .get("panels")) {
      for (JsonNode target : panel.path("targets")) {
        Matcher metric =
            Pattern.compile("(sgsars|jvm|process)_\\w+").matcher(target.get("expr").asText());
        while (metric.find()) {
          metrics.add(metric.group());
        }
      }
    }
    assertThat(metrics).hasSizeGreaterThan(12);
    return metrics;
  }

  private static String get(int port, String path) throws Exception {
    return answer(port, "GET", path, "").body();
  }

  private static HttpResponse<String> answer(int port, String method, String path, String body)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
