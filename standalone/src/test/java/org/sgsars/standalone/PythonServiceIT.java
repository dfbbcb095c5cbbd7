package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.KafkaSettings;

/**
 * examples/python-sgs in the place of sgs-service. Skipped where Python lacks what it needs: on
 * Debian python3-confluent-kafka, python3-avro and python3-numpy.
 */
final class PythonServiceIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path folder = Path.of("");
  private final List<LifetimeReport> reports = new CopyOnWriteArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void stopPython() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  private Process startPython(EmbeddedBroker broker) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Python.COMMAND,
                Runs.PROJECT.resolve("examples/python-sgs/sgs_service.py").toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("python.log").toFile()));
    builder.environment().put("SGSARS_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    builder.environment().put("SGSARS_STATE_FOLDER", folder.resolve("python").toString());
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private Path experiment(String wire) throws IOException {
    Path file = folder.resolve("python.yml");
    Files.writeString(
        file,
        """
        name: python
        source: {kind: trace, path: %s, iterations: 900}
        optimizer: {momentum: 0.9, learningRate: 0.05}
        report: {selections: true}
        pipeline: {maxLead: 100, chunkBytes: 2000, wire: %s}
        scenarios:
          - {name: dense, sparsifier: {kind: dense}}
          - {name: top-k, sparsifier: {kind: top-k, ratio: 0.003}}
          - {name: max, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 32}}
          - {name: sum, sparsifier: {kind: sgs, score: sum, rows: 2}}
          - {name: cell, sparsifier: {kind: sgs, byPosition: true}}
        """
            .formatted(Runs.PROJECT.resolve("traces/fashion-lenet.avro"), wire));
    return file;
  }

  @ParameterizedTest(name = "wire={0}")
  @ValueSource(strings = {"f32", "bf16", "f16"})
  void run_pythonService_killedOnTheWay_reportEqualsThatOfTheJavaService(String wire)
      throws Exception {
    assumeTrue(
        Python.has("confluent_kafka, avro.schema, numpy"),
        "needs " + Python.COMMAND + " with confluent_kafka, avro and numpy to run");
    Path experiment = experiment(wire);
    Runs.run(experiment, 4, 1, folder.resolve("java"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, failure -> {})) {
      KafkaAccess kafka =
          new KafkaAccess(
              new KafkaSettings(
                  broker.bootstrapServers(), "", 3, -1, Duration.ofSeconds(15), Map.of()));
      kafka.prepareTopics();
      RunningServices services = new RunningServices(kafka, folder.resolve("state"), PATIENCE);
      services.start(new ArsStage(Runs.POLICIES));
      services.start(new CrossbarStage(Runs.POLICIES));
      services.start(new AnalyzerLoop(kafka, Runs.POLICIES, reports::add));
      RunProducer producer = services.start(Runs.prepared(experiment, "test").producer(kafka));
      Process killed = startPython(broker);
      Awaitility.await("on the way")
          .atMost(PATIENCE)
          .until(() -> producer.status().progress().get(0).iterations() > 300);
      assertThat(killed.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();

      startPython(broker);

      Awaitility.await("report").atMost(PATIENCE).until(() -> !reports.isEmpty());
      // While they have a broker: without one they end later than the folder of their states.
      services.stopAll();
    }
    ReportFolder.write(reports.get(reports.size() - 1), folder.resolve("mixed"));
    assertThat(Files.readString(folder.resolve("python.log"))).doesNotContain("Traceback");
    assertThat(Runs.timeless(folder.resolve("mixed")))
        .isEqualTo(Runs.timeless(folder.resolve("java")));
  }
}
