package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.producer.kafka.RunProducer;

/** {@code ./sgs-ars up} in a process of its own, and runs that this one sends. */
final class UpIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Pattern READY = Pattern.compile("(?m)^ready: (\\S+), page (\\S+)$");
  private static final int ITERATIONS = 600;

  @TempDir private Path folder = Path.of("");
  private Path temporary = Path.of("");
  private Path out = Path.of("");
  private CommandProcesses commands = new CommandProcesses(folder);

  /** Where a process says that it is. */
  private record Up(Process process, String servers, String page) {}

  @BeforeEach
  void inItsFolder() throws Exception {
    temporary = Files.createDirectory(folder.resolve("temporary"));
    out = folder.resolve("out");
    commands = new CommandProcesses(folder);
  }

  @AfterEach
  void stopAll() {
    commands.close();
  }

  private Up up(String... options) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.add("-Djava.io.tmpdir=" + temporary);
    arguments.addAll(List.of("-jar", "target/sgs-ars.jar", "up", "--page=0", "--out=" + out));
    arguments.addAll(List.of(options));
    Process process = commands.java(arguments);
    Awaitility.await("ready")
        .atMost(TIMEOUT)
        .until(() -> READY.matcher(commands.output(process)).find() || !process.isAlive());
    Matcher ready = READY.matcher(commands.output(process));
    assertThat(ready.find()).as(commands.output(process)).isTrue();
    return new Up(process, ready.group(1), ready.group(2));
  }

  private int end(Process process) throws Exception {
    assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private void awaitReport(String run) {
    Awaitility.await("report of " + run)
        .atMost(TIMEOUT)
        .until(() -> Files.exists(out.resolve(run).resolve("report.json")));
  }

  private static String get(String address) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private Path undisturbed(Path experiment) throws Exception {
    Path alone = folder.resolve("alone");
    Runs.run(experiment, ITERATIONS, alone);
    return alone;
  }

  @Test
  void run_runsOneAfterTheOther_areReportedAndShown_andNothingIsLeftAtTheEnd() throws Exception {
    Path quickstart = Runs.PROJECT.resolve("experiments/quickstart.yml");
    Up up = up("--port=0", "--until-stdin-closes");

    for (String run : List.of("first", "second")) {
      Runs.prepared(quickstart, run, ITERATIONS).producer(Runs.kafka(up.servers(), 1)).run();
      awaitReport(run);
    }

    assertThat(get(up.page() + "api/runs"))
        .contains("\"run\":\"first\"", "\"run\":\"second\"", "\"state\":\"finished\"");
    // As the system does for a program that is killed.
    up.process().getOutputStream().close();
    assertThat(end(up.process())).isZero();
    assertThat(commands.output(up.process()))
        .contains(
            "run second is complete, report: " + out.resolve("second").resolve("report.html"));
    Path alone = undisturbed(quickstart);
    assertThat(Runs.timeless(out.resolve("first"))).isEqualTo(Runs.timeless(alone));
    assertThat(Runs.timeless(out.resolve("second"))).isEqualTo(Runs.timeless(alone));
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("sgs-ars"));
    }
  }

  /** The program that sends waits meanwhile, and knows no more than that the broker is away. */
  @Test
  void run_keptFolder_killedAndThenStoppedOnTheWay_reportEqualsTheUndisturbedOne()
      throws Exception {
    Path quickstart = Runs.pacedQuickstart(folder.resolve("paced.yml"), "");
    String[] options = {"--port=" + LocalPorts.free(), "--folder=" + folder.resolve("kept")};
    Up first = up(options);
    RunProducer producer =
        Runs.prepared(quickstart, "kept", ITERATIONS).producer(Runs.kafka(first.servers(), 1));
    CompletableFuture<Void> sending = CompletableFuture.runAsync(producer);
    awaitSent(producer, 100);
    first.process().destroyForcibly().waitFor();

    Up second = up(options);
    awaitSent(producer, 300);
    second.process().destroy();
    // What the system makes of SIGTERM.
    assertThat(end(second.process())).isEqualTo(143);
    assertThat(out.resolve("kept/report.json")).doesNotExist();

    up(options);
    sending.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    awaitReport("kept");

    assertThat(Runs.timeless(out.resolve("kept")))
        .isEqualTo(Runs.timeless(undisturbed(quickstart)));
  }

  private static void awaitSent(RunProducer producer, long iterations) {
    Awaitility.await(iterations + " iterations sent")
        .atMost(TIMEOUT)
        .until(() -> producer.status().progress().get(0).iterations() > iterations);
  }

  @Test
  void run_withoutSgsService_pythonInItsPlace_reportEqualsThatOfTheJavaService() throws Exception {
    PythonRun.assumePython();
    Path experiment =
        Files.writeString(
            folder.resolve("python.yml"),
            """
            name: python
            source: {kind: trace, path: %s, iterations: 100}
            optimizer: {momentum: 0.9, learningRate: 0.05}
            scenarios:
              - {name: dense, sparsifier: {kind: dense}}
              - {name: sgs-ars, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 32}}
            """
                .formatted(Runs.PROJECT.resolve("traces/fashion-lenet.avro")));
    Up up = up("--port=0", "--without=sgs-service");
    Process python = PythonRun.startPython(up.servers(), folder);
    try {
      Runs.prepared(experiment, "mixed", ITERATIONS).producer(Runs.kafka(up.servers(), 1)).run();
      awaitReport("mixed");
    } finally {
      python.destroyForcibly().waitFor();
    }

    assertThat(Files.readString(folder.resolve("python.log"))).doesNotContain("Traceback");
    assertThat(Runs.timeless(out.resolve("mixed")))
        .isEqualTo(Runs.timeless(undisturbed(experiment)));
  }
}
