package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.failure.ServiceException;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.producer.kafka.Shard;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PipelineLog;
import org.sgsars.sgs.kafka.SgsStage;
import org.sgsars.wire.StateLost;

/** A run of three layers that several producers send, each its own. */
final class ShardedRunTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int PARTITIONS = 4;
  private static final int ITERATIONS = 120;

  @TempDir private Path folder = Path.of("");

  private final ReceivedReports reports = new ReceivedReports();
  private final PipelineLog kafka = Runs.inMemory(PARTITIONS);
  private RunningServices services = new RunningServices(kafka, folder, TIMEOUT);

  @BeforeEach
  void startServices() {
    kafka.prepareTopics();
    services = new RunningServices(kafka, folder.resolve("state"), TIMEOUT);
    services.start(new SgsStage(Runs.POLICIES));
    services.start(new ArsStage(Runs.POLICIES));
    services.start(new CrossbarStage(Runs.POLICIES));
    services.start(new AnalyzerLoop(kafka, Runs.POLICIES, reports));
  }

  @AfterEach
  void stopAll() throws Exception {
    services.stopAll();
  }

  /** Contents change crossbars across layers, so records of each layer wait for those of others. */
  private Path experiment() throws Exception {
    return Files.writeString(
        folder.resolve("experiment.yml"),
        """
        name: x
        source: {kind: trace, path: %s, iterations: %d}
        pipeline: {maxLead: 10}
        device: {kind: lognormal, median: 60, spread: 0.2}
        report: {interval: 20, selections: true}
        scenarios:
          - {name: all, sparsifier: {kind: dense}}
          - {name: sgs, sparsifier: {kind: sgs}, crossbar: {size: 64}, leveller: [{kind: cross-layer, interval: 32}, {kind: ars, interval: 8}]}
        """
            .formatted(Runs.PROJECT.resolve("traces/fashion-lenet.avro"), ITERATIONS));
  }

  private RunProducer producer(String run, int index, int count) throws Exception {
    return Runs.prepared(experiment(), run).shard(new Shard(index, count)).producer(kafka);
  }

  private String timeless(LifetimeReport report) throws Exception {
    Path out = folder.resolve("out-" + report.plan().run());
    ReportFolder.write(report, out);
    return Runs.timeless(out);
  }

  private String expected() throws Exception {
    Path out = folder.resolve("whole");
    Runs.run(experiment(), PARTITIONS, 1, out);
    return Runs.timeless(out);
  }

  @ParameterizedTest(name = "{0} producers")
  @ValueSource(ints = {2, 3})
  void run_severalProducers_reportIsThatOfOne(int count) throws Exception {
    List<RunProducer> producers = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      producers.add(services.start(producer("sharded", index, count)));
    }

    LifetimeReport report = reports.await("sharded", TIMEOUT);

    assertThat(report.complete()).as(report.warnings().toString()).isTrue();
    assertThat(timeless(report)).isEqualTo(expected());
    for (RunProducer producer : producers) {
      services.join(producer);
    }
    assertThat(services.failures()).isEmpty();
  }

  @Test
  void run_sameShardTwice_countsNothingTwice() throws Exception {
    services.start(producer("twice", 0, 2));
    services.start(producer("twice", 1, 2));
    services.start(producer("twice", 1, 2));

    assertThat(timeless(reports.await("twice", TIMEOUT))).isEqualTo(expected());
  }

  @Test
  void run_secondProducerStartedLater_reportIsThatOfOne() throws Exception {
    RunProducer first = services.start(producer("later", 0, 2));
    // The first round of all layers waits for the others' records.
    Awaitility.await("as far as it goes alone")
        .atMost(TIMEOUT)
        .until(() -> first.status().progress().get(0).iterations() > 32);

    services.start(producer("later", 1, 2));

    assertThat(timeless(reports.await("later", TIMEOUT))).isEqualTo(expected());
  }

  @Test
  void close_oneProducerOnItsWay_reportNamesTheLayersThatAreMissing() throws Exception {
    RunProducer second = services.start(producer("stopped", 1, 2));
    Awaitility.await("on its way")
        .atMost(TIMEOUT)
        .until(() -> second.status().progress().get(0).iterations() > 5);
    services.stop(second);
    long sent = second.status().progress().get(0).iterations();

    LifetimeReport report = reports.await("stopped", TIMEOUT);

    assertThat(report.complete()).isFalse();
    assertThat(report.warnings())
        .containsExactly(
            "shard 1/2, with the layers %s, %s: stopped after %d of 120 iterations"
                .formatted(
                    report.plan().layers().get(1).name(),
                    report.plan().layers().get(2).name(),
                    sent));
  }

  @Test
  void run_startedAgainAfterAllWereStopped_reportIsThatOfOne() throws Exception {
    RunProducer second = services.start(producer("again", 1, 2));
    Awaitility.await("on its way")
        .atMost(TIMEOUT)
        .until(() -> second.status().progress().get(0).iterations() > 5);
    services.stop(second);
    reports.await("again", TIMEOUT);

    services.start(producer("again", 0, 2));
    services.start(producer("again", 1, 2));

    Awaitility.await("a whole report")
        .atMost(TIMEOUT)
        .until(() -> reports.await("again", TIMEOUT).complete());
    assertThat(timeless(reports.await("again", TIMEOUT))).isEqualTo(expected());
  }

  @Test
  void run_serviceLostItsState_allProducersBeginAnew() throws Exception {
    RunProducer first = services.start(producer("lost", 0, 2));
    Awaitility.await("as far as it goes alone")
        .atMost(TIMEOUT)
        .until(() -> first.status().progress().get(0).iterations() > 32);
    try (Producer<String, byte[]> said = kafka.producer(Duration.ZERO)) {
      StateLost loss = new StateLost("lost", "sgs-service", "why");
      said.send(new ProducerRecord<>("runs", 0, "lost", WireFormat.STATE_LOST.encode(loss)));
    }

    services.start(producer("lost", 1, 2));

    assertThat(timeless(reports.await("lost", TIMEOUT))).isEqualTo(expected());
    try (KafkaRunCatalog runs = new KafkaRunCatalog(kafka)) {
      assertThat(runs.shards("lost~1")).containsExactlyInAnyOrder("0/2", "1/2");
    }
    assertThat(services.failures()).isEmpty();
  }

  @Test
  void run_anotherNumberOfProducers_isRefused() throws Exception {
    RunProducer first = services.start(producer("split", 0, 2));
    Awaitility.await("announced")
        .atMost(TIMEOUT)
        .until(() -> first.status().progress().get(0).iterations() > 0);

    RunProducer other = producer("split", 1, 3);

    assertThatThrownBy(other::run)
        .isInstanceOf(ServiceException.class)
        .hasMessage(
            "Run 'split' has a producer of shard 0/2, and this is shard 1/3; give all producers of a run the same number of shards, or this run another name");
  }

  @Test
  void shard_moreThanLayers_isRefused() throws Exception {
    assertThatThrownBy(() -> producer("many", 0, 4))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining(
            "shard 0/4 is of more producers than the run has layers, 3; allowed: at most one for each");
  }
}
