package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.OffsetQuery;
import org.sgsars.model.RunPlan;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.ServiceLoop;
import org.sgsars.sgs.kafka.SgsStage;
import org.sgsars.wire.StateLost;

/** Snapshots that do not reach to where the log begins, and runs that begin anew for them. */
final class LostSnapshotsTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private Path folder = Path.of("");
  private final List<LifetimeReport> reports = new CopyOnWriteArrayList<>();
  private final PipelineLog kafka = Runs.inMemory(1);
  private RunningServices services = new RunningServices(kafka, folder, TIMEOUT);

  @BeforeEach
  void start() {
    services = new RunningServices(kafka, folder.resolve("state"), TIMEOUT);
    kafka.prepareTopics();
    services.start(new AnalyzerLoop(kafka, Runs.POLICIES, reports::add));
    services.start(new ArsStage(Runs.POLICIES));
    services.start(new CrossbarStage(Runs.POLICIES));
  }

  @AfterEach
  void stopAll() throws Exception {
    services.stopAll();
  }

  private RunProducer producer(int iterations) throws Exception {
    Path file = folder.resolve("r.yml");
    Files.writeString(
        file,
        """
        name: x
        source: {kind: trace, path: %s, iterations: %d}
        pipeline: {maxLead: 100}
        scenarios:
          - {name: sgs, sparsifier: {kind: sgs}, leveller: {kind: ars}}
        """
            .formatted(Runs.PROJECT.resolve("traces/fashion-lenet.avro"), iterations));
    return Runs.prepared(file, "r").producer(kafka);
  }

  private LifetimeReport awaitReport() {
    Awaitility.await("report").atMost(TIMEOUT).until(() -> !reports.isEmpty());
    return reports.get(reports.size() - 1);
  }

  private long logStart() {
    TopicPartition gradients = new TopicPartition("gradients", 0);
    return Runs.offset(kafka, gradients, OffsetQuery.earliest());
  }

  private Path snapshots() throws Exception {
    Path state = folder.resolve("state");
    if (!Files.isDirectory(state)) {
      return state;
    }
    try (Stream<Path> homes = Files.list(state)) {
      return homes
          .filter(home -> home.getFileName().toString().startsWith("gradients-"))
          .findFirst()
          .orElse(state);
    }
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(snapshots())) {
      return files.filter(f -> f.toString().endsWith(".state")).sorted().toList();
    }
  }

  private static long offset(Path snapshot) {
    return Long.parseLong(snapshot.getFileName().toString().replace(".state", ""));
  }

  /** As after a backup was put back: past the gap, all layers would have ended for good. */
  @Test
  void run_snapshotIsOlderThanTheLog_runBeginsAnewAndItsReportIsWhole() throws Exception {
    ServiceLoop sgs = services.start(new SgsStage(Runs.POLICIES));
    RunProducer producer = services.start(producer(10_000));
    Awaitility.await("a snapshot").atMost(TIMEOUT).until(() -> !files().isEmpty());
    Path first = files().get(0);
    Path backup = Files.copy(first, folder.resolve(first.getFileName()));
    Awaitility.await("its next records are deleted")
        .atMost(TIMEOUT)
        .until(() -> logStart() > offset(backup));

    services.stop(sgs);
    for (Path newer : files()) {
      Files.delete(newer);
    }
    Files.copy(backup, snapshots().resolve(backup.getFileName()));
    services.start(new SgsStage(Runs.POLICIES));

    LifetimeReport report = awaitReport();
    assertThat(report.warnings()).isEmpty();
    assertThat(report.complete()).isTrue();
    services.join(producer);
    try (KafkaRunCatalog runs = new KafkaRunCatalog(kafka)) {
      assertThat(runs.announced()).containsExactlyInAnyOrder("r", "r~1");
    }
    assertThat(services.failures()).isEmpty();
  }

  @Test
  void run_hasToBeginAnewOnceTooOften_isGivenUpAndItsReportSaysWhy() throws Exception {
    RunProducer producer = producer(50);
    RunPlan last = producer.plan().asAttempt(19);
    try (Producer<String, byte[]> records = kafka.producer(Duration.ZERO)) {
      records.send(
          new ProducerRecord<>(
              "runs", 0, last.run(), WireFormat.RUN_MANIFEST.encode(WireModel.toWire(last))));
      records.send(
          new ProducerRecord<>(
              "runs",
              0,
              last.run(),
              WireFormat.STATE_LOST.encode(new StateLost(last.run(), "sgs-service", "no disk"))));
    }

    services.start(producer);
    services.join(producer);

    String reason =
        "the run was begun 20 times and is given up, as it would have to begin anew: sgs-service: no disk";
    assertThat(services.failures().get(producer))
        .isInstanceOf(ServiceException.class)
        .hasMessage("Run 'r': " + reason + "; mend that, and choose another name");
    assertThat(awaitReport().warnings()).containsExactly(reason);
    assertThat(awaitReport().complete()).isFalse();
  }
}
