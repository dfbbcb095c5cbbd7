package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.PipelineLog;

/** A run with examples/python-sgs in the place of sgs-service, killed and started again. */
public final class PythonRun {
  private static final String MODULES = "confluent_kafka, avro.schema, numpy";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private PythonRun() {}

  /** Skips the test where Python lacks what the service needs. */
  public static void assumePython() {
    assumeTrue(Python.has(MODULES), "needs " + Python.COMMAND + " with " + MODULES + " to run");
  }

  /**
   * Runs an experiment by the Python service and by ours, and expects the same reports.
   *
   * @param killedAfter iterations after which the Python service is killed
   * @param folder an empty one
   */
  public static void expectReportOfTheJavaService(Path experiment, long killedAfter, Path folder)
      throws Exception {
    Runs.run(experiment, 4, 1, folder.resolve("java"));

    ReportFolder.write(killedOnTheWay(experiment, killedAfter, folder), folder.resolve("mixed"));

    assertThat(Files.readString(folder.resolve("python.log"))).doesNotContain("Traceback");
    assertThat(Runs.timeless(folder.resolve("mixed")))
        .isEqualTo(Runs.timeless(folder.resolve("java")));
  }

  private static LifetimeReport killedOnTheWay(Path experiment, long killedAfter, Path folder)
      throws Exception {
    List<LifetimeReport> reports = new CopyOnWriteArrayList<>();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, failure -> {})) {
      PipelineLog kafka = Runs.kafka(broker, 3);
      kafka.prepareTopics();
      RunningServices services = new RunningServices(kafka, folder.resolve("state"), TIMEOUT);
      services.start(new ArsStage(Runs.POLICIES));
      services.start(new CrossbarStage(Runs.POLICIES));
      services.start(new AnalyzerLoop(kafka, Runs.POLICIES, reports::add));
      RunProducer producer = services.start(Runs.prepared(experiment, "test").producer(kafka));
      Process python = startPython(broker.bootstrapServers(), folder);
      try {
        Awaitility.await("on the way")
            .atMost(TIMEOUT)
            .until(() -> producer.status().progress().get(0).iterations() > killedAfter);
        assertThat(python.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();

        python = startPython(broker.bootstrapServers(), folder);

        Awaitility.await("report").atMost(TIMEOUT).until(() -> !reports.isEmpty());
      } finally {
        python.destroyForcibly().waitFor();
        // While they have a broker: without one they end later than the folder of their states.
        services.stopAll();
      }
    }
    return reports.get(reports.size() - 1);
  }

  /** Starts the service; what it says goes into a folder. */
  static Process startPython(String servers, Path folder) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Python.COMMAND,
                Runs.PROJECT.resolve("examples/python-sgs/sgs_service.py").toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("python.log").toFile()));
    builder.environment().put("SGSARS_KAFKA_BOOTSTRAP_SERVERS", servers);
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    return builder.start();
  }
}
