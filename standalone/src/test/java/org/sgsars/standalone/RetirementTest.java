package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.OffsetQuery;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceLoop;
import org.sgsars.sgs.kafka.SgsStage;

/** Many runs on one set of services: what is left of them when their time is over is nothing. */
final class RetirementTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int PARTITIONS = 2;
  private static final Retention.Times KEEP =
      new Retention.Times(Duration.ofSeconds(50), Duration.ofSeconds(200), Duration.ofSeconds(50));

  @TempDir private Path folder = Path.of("");
  private final List<LifetimeReport> reports = new CopyOnWriteArrayList<>();
  private final FastTime time = new FastTime();
  private final MemoryLog log = MemoryLog.forThreads(MemorySettings.DEFAULTS, time);
  private final PipelineLog kafka = Runs.inMemory(log, time, PARTITIONS);
  private final List<ServiceLoop> loops = new ArrayList<>();
  private RunningServices services = new RunningServices(kafka, folder, PATIENCE);

  @BeforeEach
  void startServices() {
    services = new RunningServices(kafka, folder.resolve("state"), PATIENCE);
    kafka.prepareTopics();
    loops.add(services.start(new SgsStage(Runs.POLICIES)));
    loops.add(services.start(new ArsStage(Runs.POLICIES)));
    loops.add(services.start(new CrossbarStage(Runs.POLICIES)));
    services.start(new AnalyzerLoop(kafka, Optional.of(KEEP), Runs.POLICIES, reports::add));
  }

  @AfterEach
  void stopAll() throws Exception {
    services.stopAll();
  }

  private RunProducer producer(String run, int iterations) throws Exception {
    Path file = folder.resolve(run + ".yml");
    Files.writeString(
        file,
        """
        name: x
        source: {kind: trace, path: %s, iterations: %d}
        scenarios:
          - {name: cross, sparsifier: {kind: sgs}, leveller: [{kind: paced}, {kind: cross-layer, interval: 10, gap: 4}]}
          - {name: feedback, sparsifier: {kind: rival, wearFeedback: 8}, leveller: {kind: refresh}}
        """
            .formatted(Runs.PROJECT.resolve("traces/fashion-lenet.avro"), iterations));
    return Runs.prepared(file, run).producer(kafka);
  }

  private Set<String> reported() {
    return reports.stream().map(report -> report.plan().run()).collect(Collectors.toSet());
  }

  private void awaitNothingInMemory() {
    Awaitility.await("nothing in memory")
        .atMost(PATIENCE)
        .until(() -> loops.stream().allMatch(loop -> loop.status().progress().isEmpty()));
  }

  private void awaitNothingLeft() {
    time.skip(KEEP.finished());
    awaitNothingInMemory();
    time.skip(KEEP.clocks().multipliedBy(2));
    Awaitility.await("nothing on the topics").atMost(PATIENCE).until(() -> records() == 0);
  }

  /** On all topics. */
  private long records() {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : kafka.topics().all()) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        partitions.add(new TopicPartition(topic, partition));
      }
    }
    return partitions.stream()
        .mapToLong(
            partition ->
                Runs.offset(kafka, partition, OffsetQuery.latest())
                    - Runs.offset(kafka, partition, OffsetQuery.earliest()))
        .sum();
  }

  @Test
  void run_inARowAndAtOnce_allHaveTheirReportAndNothingIsLeftOfThem() throws Exception {
    for (int i = 0; i < 4; i++) {
      services.join(services.start(producer("row-" + i, 60)));
    }
    List<PipelineService> atOnce = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      atOnce.add(services.start(producer("once-" + i, 60)));
    }
    for (PipelineService producer : atOnce) {
      services.join(producer);
    }

    Awaitility.await("reports").atMost(PATIENCE).until(() -> reported().size() == 8);
    assertThat(reports).extracting(LifetimeReport::complete).containsOnly(true);
    awaitNothingLeft();
    assertThat(log.groups()).containsExactly("ars-controller", "crossbar-sim", "sgs-service");
    assertThat(services.failures()).isEmpty();
  }

  @Test
  void run_nameOfOneThatIsOver_isFreeWhenNothingIsLeftOfIt() throws Exception {
    services.join(services.start(producer("r", 60)));
    Awaitility.await("report").atMost(PATIENCE).until(() -> reported().contains("r"));
    time.skip(KEEP.finished());
    awaitNothingInMemory();
    RunProducer tooEarly = producer("r", 90);
    services.join(services.start(tooEarly));
    assertThat(services.failures().get(tooEarly))
        .isInstanceOf(ServiceException.class)
        .hasMessage("Run 'r' is over for good, and its name not free yet; choose another name");
    awaitNothingLeft();

    services.join(services.start(producer("r", 90)));

    Awaitility.await("the second run's report")
        .atMost(PATIENCE)
        .until(() -> reports.get(reports.size() - 1).iterations() == 90);
    assertThat(reports.get(reports.size() - 1).complete()).isTrue();
  }

  /** A service that was away while its runs were retired has their state, and no plan for it. */
  @Test
  void run_serviceWasAwayWhileARunWasRetired_goesOnWithTheNext() throws Exception {
    services.join(services.start(producer("first", 60)));
    Awaitility.await("report").atMost(PATIENCE).until(() -> reported().contains("first"));
    services.stop(loops.remove(0));
    awaitNothingLeft();

    loops.add(services.start(new SgsStage(Runs.POLICIES)));
    services.join(services.start(producer("second", 60)));

    Awaitility.await("report").atMost(PATIENCE).until(() -> reported().contains("second"));
    assertThat(services.failures()).isEmpty();
  }

  @Test
  void run_announcedAndNeverSent_isGivenUpWithAReportThatSaysSo() throws Exception {
    Path experiment = Runs.PROJECT.resolve("experiments/quickstart.yml");
    byte[] manifest =
        WireFormat.RUN_MANIFEST.encode(
            WireModel.toWire(Runs.prepared(experiment, "silent", 100).plan()));
    try (Producer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      producer.send(new ProducerRecord<>("runs", 0, "silent", manifest)).get();
    }

    time.skip(KEEP.unfinished());

    Awaitility.await("report").atMost(PATIENCE).until(() -> reported().contains("silent"));
    assertThat(reports.get(0).complete()).isFalse();
    assertThat(reports.get(0).warnings()).containsExactly("nothing was heard of it for 200 s");
    awaitNothingLeft();
  }
}
