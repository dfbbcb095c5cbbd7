package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.Output;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.ServiceLoop;
import org.sgsars.service.Stage;
import org.sgsars.service.TopicReader;
import org.sgsars.sgs.kafka.SgsStage;
import org.sgsars.wire.Gradients;

/** Services that fail, stop and start again on one log, and what may not come of it. */
final class ServicesTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir private Path folder = Path.of("");
  private final ReceivedReports reports = new ReceivedReports();
  private final PipelineLog kafka = Runs.inMemory(2);

  private RunningServices services = new RunningServices(kafka, folder, TIMEOUT);

  @BeforeEach
  void makeTopics() {
    services = new RunningServices(kafka, folder.resolve("state"), TIMEOUT);
    kafka.prepareTopics();
  }

  @AfterEach
  void stopAll() throws Exception {
    services.stopAll();
  }

  private <T extends PipelineService> T start(T service) {
    return services.start(service);
  }

  private ServiceLoop start(Stage stage) {
    return services.start(stage);
  }

  private ServiceLoop startSgs() {
    return start(new SgsStage(Runs.POLICIES));
  }

  private void startTheOthers() {
    start(new ArsStage(Runs.POLICIES));
    start(new CrossbarStage(Runs.POLICIES));
    start(new AnalyzerLoop(kafka, Runs.POLICIES, reports));
  }

  private RunProducer producer(String run, int iterations, int maxLead, long seed)
      throws Exception {
    return producer(run, iterations, maxLead, seed, "none");
  }

  private RunProducer producer(String run, int iterations, int maxLead, long seed, String leveller)
      throws Exception {
    Path file = folder.resolve(run + ".yml");
    Files.writeString(
        file,
        """
        name: x
        seed: %d
        source: {kind: trace, path: %s, iterations: %d}
        pipeline: {maxLead: %d}
        scenarios:
          - {name: sgs, sparsifier: {kind: sgs}, leveller: {kind: %s}}
        """
            .formatted(
                seed,
                Runs.PROJECT.resolve("traces/fashion-lenet.avro"),
                iterations,
                maxLead,
                leveller));
    return Runs.prepared(file, run).producer(kafka);
  }

  private static long sent(RunProducer producer) {
    return producer.status().progress().get(0).iterations();
  }

  private LifetimeReport awaitReport(String run) {
    return reports.await(run, TIMEOUT);
  }

  /** Adds up the first bytes of its records; breaks at one of them, but not twice. */
  private final class Sum implements PartitionWorker {
    private long sum;

    @Override
    public Optional<Waiting> process(ByteBuffer value, boolean again, Output output) {
      sum += value.get(value.position());
      if (sum == breakAt) {
        breakAt = -1;
        throw new OutOfMemoryError("for the test");
      }
      output.send("updates", "k", new byte[sum == tooLargeAt ? 30 << 20 : 1]);
      return Optional.empty();
    }

    @Override
    public void save(DataOutput out) throws IOException {
      out.writeLong(sum);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      sum = in.readLong();
    }

    @Override
    public List<LayerProgress> progress() {
      return List.of(new LayerProgress("sum", 0, 0, sum, "running"));
    }
  }

  private volatile long breakAt = -1;
  private volatile long tooLargeAt = -1;

  private final class SumStage implements Stage {
    @Override
    public String service() {
      return "sum";
    }

    @Override
    public String inputTopic(Topics topics) {
      return topics.gradients();
    }

    @Override
    public PartitionWorker open(Topics topics, RunCatalog runs) {
      return new Sum();
    }
  }

  private void sendOnes(int count) {
    try (Producer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      for (int i = 0; i < count; i++) {
        producer.send(new ProducerRecord<>("gradients", 0, "k", new byte[] {1}));
      }
    }
  }

  @Test
  void run_failureInTheMiddleOfARecord_recordCountsOnceAfterTheRestart() throws Exception {
    breakAt = 5;
    sendOnes(10);
    ServiceLoop broken = start(new SumStage());
    services.join(broken);
    assertThat(services.failures().get(broken))
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("sum cannot go on at gradients-0@4: Not enough memory");

    ServiceLoop restarted = start(new SumStage());

    Awaitility.await("all records")
        .atMost(TIMEOUT)
        .until(() -> restarted.status().records() >= 10 && restarted.status().lag() == 0);
    assertThat(restarted.status().progress())
        .filteredOn(p -> p.iterations() > 0)
        .extracting(PartitionWorker.LayerProgress::iterations)
        .containsExactly(10L);
  }

  @Test
  void run_recordThatCannotBeSent_nothingIsSentBehindIt() throws Exception {
    tooLargeAt = 3;
    sendOnes(10);

    ServiceLoop broken = start(new SumStage());
    services.join(broken);

    assertThat(services.failures().get(broken)).hasMessageContaining("sum cannot send to Kafka");
    List<Integer> sizes = new ArrayList<>();
    try (TopicReader reader = new TopicReader(kafka, List.of("updates"))) {
      reader.readToEnd(record -> sizes.add(record.value().length));
    }
    assertThat(sizes).hasSizeLessThanOrEqualTo(2);
  }

  /** More of them than one poll brings, and all in front of what they wait for. */
  @Test
  void run_whatALayerWaitsForStandsBehindItInThePartition_continues() throws Exception {
    try (Producer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      for (int i = 0; i < 5000; i++) {
        producer.send(new ProducerRecord<>("gradients", 0, "r/0", new byte[] {0}));
      }
      producer.send(new ProducerRecord<>("gradients", 0, "r/1", new byte[] {2}));
    }

    ServiceLoop loop = start(new WaitingStage());

    Awaitility.await("all records")
        .atMost(TIMEOUT)
        .until(() -> loop.status().records() >= 5001 && loop.status().lag() == 0);
    assertThat(loop.status().progress())
        .filteredOn(p -> p.iterations() > 0)
        .extracting(PartitionWorker.LayerProgress::iterations)
        .containsExactly(5001L);
  }

  /** The layers that share its crossbars would wait for it for ever. */
  @Test
  void run_layerEndsBeforeTilesMeet_theOthersEndThereAndTheRunIsReported() throws Exception {
    RunProducer producer = start(producer("r", 200, 10, 1, "cross-layer, interval: 64"));
    Awaitility.await("some gradients").atMost(TIMEOUT).until(() -> sent(producer) >= 5);
    List<ConsumerRecord<String, byte[]>> sent = new ArrayList<>();
    try (TopicReader reader = new TopicReader(kafka, List.of("gradients"))) {
      reader.readToEnd(sent::add);
    }
    ConsumerRecord<String, byte[]> ofLayer0 =
        sent.stream().filter(r -> gradients(r).getLayer() == 0).findFirst().orElseThrow();
    Gradients skipping = Gradients.newBuilder(gradients(ofLayer0)).setIteration(150).build();
    try (Producer<String, byte[]> faulty = kafka.producer(Duration.ZERO)) {
      faulty.send(
          new ProducerRecord<>(
              "gradients",
              ofLayer0.partition(),
              ofLayer0.key(),
              WireFormat.GRADIENTS.encode(skipping)));
    }

    startSgs();
    startTheOthers();

    LifetimeReport report = awaitReport("r");
    assertThat(report.complete()).isFalse();
    assertThat(report.warnings())
        .anySatisfy(
            warning -> assertThat(warning).contains("iteration 150 (record 1 of 1) came where"))
        .anySatisfy(
            warning ->
                assertThat(warning)
                    .contains(
                        "iteration 64: layer conv1 has ended, and all layers of scenario sgs share their crossbars"));
  }

  private static Gradients gradients(ConsumerRecord<String, byte[]> record) {
    try {
      return WireFormat.GRADIENTS.decode(record.value());
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  /** The state was saved and its commit lost: the producer must not wait for it for ever. */
  @Test
  void run_restartBetweenSaveAndCommit_runEnds() throws Exception {
    startTheOthers();
    RunProducer producer = start(producer("r", 50, 5, 1));
    SgsStage sgs = new SgsStage(Runs.POLICIES);
    Stage inAnotherGroup =
        new Stage() {
          @Override
          public String service() {
            return "another-group";
          }

          @Override
          public String inputTopic(Topics topics) {
            return sgs.inputTopic(topics);
          }

          @Override
          public PartitionWorker open(Topics topics, RunCatalog runs) {
            return sgs.open(topics, runs);
          }
        };
    ServiceLoop killed = start(inAnotherGroup);
    Awaitility.await("all that may be sent is processed")
        .atMost(TIMEOUT)
        .until(() -> killed.status().records() >= 15 && sent(producer) >= 5);
    services.stop(killed);

    startSgs();

    assertThat(awaitReport("r").complete()).isTrue();
  }

  @Test
  void run_newestStateTorn_continuesFromTheOneBefore() throws Exception {
    startTheOthers();
    ServiceLoop sgs = startSgs();
    RunProducer producer = start(producer("r", 3000, 100, 1));
    Awaitility.await("on the way").atMost(TIMEOUT).until(() -> sent(producer) >= 500);
    services.stop(sgs);
    try (Stream<Path> homes = Files.list(folder.resolve("state"))) {
      for (Path home :
          homes.filter(h -> h.getFileName().toString().startsWith("gradients")).toList()) {
        try (Stream<Path> files = Files.list(home)) {
          Path newest = files.max(Comparator.naturalOrder()).orElseThrow();
          try (RandomAccessFile file = new RandomAccessFile(newest.toFile(), "rw")) {
            file.setLength(file.length() - 100);
          }
        }
      }
    }

    startSgs();

    LifetimeReport report = awaitReport("r");
    assertThat(report.warnings()).isEmpty();
    assertThat(report.complete()).isTrue();
  }

  /**
   * Neither the state is there nor the records that it was made of: the producer sends all anew.
   */
  @ParameterizedTest
  @ValueSource(strings = {"gradients", "updates", "row-writes"})
  void run_savedStateIsLost_runBeginsAnewAndItsReportIsWhole(String topic) throws Exception {
    start(new AnalyzerLoop(kafka, Runs.POLICIES, reports));
    Map<String, Stage> stages =
        Map.of(
            "gradients", new SgsStage(Runs.POLICIES),
            "updates", new ArsStage(Runs.POLICIES),
            "row-writes", new CrossbarStage(Runs.POLICIES));
    Map<String, ServiceLoop> loops = new TreeMap<>();
    stages.forEach((input, stage) -> loops.put(input, start(stage)));
    RunProducer producer = start(producer("r", 2000, 100, 1, "ars"));
    Awaitility.await("it is on its way").atMost(TIMEOUT).until(() -> sent(producer) >= 500);

    ServiceLoop stopped = Objects.requireNonNull(loops.get(topic));
    services.stop(stopped);
    deleteRead(stopped.status().service());
    try (Stream<Path> homes = Files.list(folder.resolve("state"))) {
      for (Path home : homes.filter(h -> h.getFileName().toString().startsWith(topic)).toList()) {
        EmbeddedBroker.delete(home);
      }
    }
    start(Objects.requireNonNull(stages.get(topic)));

    LifetimeReport report = awaitReport("r");
    assertThat(report.warnings()).isEmpty();
    assertThat(report.complete()).isTrue();
    assertThat(report.iterations()).isEqualTo(2000);
    services.join(producer);
    try (KafkaRunCatalog runs = new KafkaRunCatalog(kafka)) {
      assertThat(runs.announced()).containsExactlyInAnyOrder("r", "r~1");
    }
    assertThat(services.failures()).isEmpty();
  }

  /** The first records of all partitions, as the producer would sooner or later. */
  private void deleteRead(String service) {
    Map<TopicPartition, Long> read = new HashMap<>();
    Runs.committed(kafka, service)
        .forEach((partition, commit) -> read.put(partition, commit.offset()));
    assertThat(read).hasSize(2).doesNotContainValue(0L);
    try (LogAdmin admin = kafka.admin()) {
      LogAdmin.await(admin.deleteRecords(read));
    }
  }

  /** What was sent is not sent again: it may be days of it. */
  @Test
  void run_producerKilledAndStartedAgain_continuesWhereItWas() throws Exception {
    startTheOthers();
    startSgs();
    RunProducer first = start(producer("r", 100_000, 50, 1));
    Awaitility.await("noted how far it is")
        .atMost(TIMEOUT)
        .until(() -> sent(first) >= 200 && noted("r") >= 100);
    // Nobody is told that it ends.
    first.pause();
    services.join(first);
    long noted = noted("r");

    RunProducer second = start(producer("r", 100_000, 50, 1));

    Awaitility.await("goes on").atMost(TIMEOUT).until(() -> sent(second) > 0);
    assertThat(sent(second)).isGreaterThanOrEqualTo(noted);
    services.stop(second);
  }

  private long noted(String run) {
    return Runs.committed(kafka, RunProducer.SERVICE + "." + run).values().stream()
        .mapToLong(OffsetAndMetadata::offset)
        .max()
        .orElse(0);
  }

  @Test
  void run_anotherExperimentUnderTheSameName_isRefused() throws Exception {
    startTheOthers();
    startSgs();
    services.join(start(producer("r", 20, 100, 1)));
    awaitReport("r");

    RunProducer other = start(producer("r", 20, 100, 2));
    services.join(other);

    assertThat(services.failures().get(other))
        .isInstanceOf(ServiceException.class)
        .hasMessage("There is another run named 'r' already; choose another name");
  }

  /** Another program than our producer may announce what it likes. */
  @Test
  void run_anotherRunAnnouncedUnderTheSameName_reportSaysSo() throws Exception {
    startTheOthers();
    startSgs();
    services.join(start(producer("r", 20, 100, 1)));
    assertThat(awaitReport("r").complete()).isTrue();

    try (Producer<String, byte[]> intruder = kafka.producer(Duration.ZERO)) {
      byte[] manifest =
          WireFormat.RUN_MANIFEST.encode(WireModel.toWire(producer("r", 30, 100, 1).plan()));
      intruder.send(new ProducerRecord<>("runs", 0, "r", manifest)).get();
    }

    Awaitility.await("the report is no longer whole")
        .atMost(TIMEOUT)
        .until(() -> !awaitReport("r").complete());
    assertThat(awaitReport("r").warnings())
        .containsExactly("another run was announced under the same name");
  }

  @Test
  void run_producerStoppedAndStartedAgain_reportIsComplete() throws Exception {
    startTheOthers();
    startSgs();
    RunProducer first = start(producer("r", 1000, 50, 1));
    Awaitility.await("on the way").atMost(TIMEOUT).until(() -> sent(first) >= 200);
    services.stop(first);
    assertThat(awaitReport("r").warnings().get(0)).startsWith("stopped after ");

    services.join(start(producer("r", 1000, 50, 1)));

    Awaitility.await("the whole run")
        .atMost(TIMEOUT)
        .until(() -> awaitReport("r").iterations() == 1000);
    assertThat(awaitReport("r").warnings()).isEmpty();
    assertThat(awaitReport("r").complete()).isTrue();
  }

  @Test
  void run_emptyRecordAmongTheRuns_harmsNobody() throws Exception {
    startTheOthers();
    startSgs();
    try (Producer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      producer.send(new ProducerRecord<>("runs", 0, "x", null)).get();
    }

    services.join(start(producer("r", 20, 100, 1)));

    assertThat(awaitReport("r").complete()).isTrue();
    assertThat(services.failures()).isEmpty();
  }

  @Test
  void run_reportThatCannotBeWritten_isTriedAgainAndKeepsNoOtherBack() throws Exception {
    Path blocked = folder.resolve("blocked");
    Files.createFile(blocked);
    start(new ArsStage(Runs.POLICIES));
    start(new CrossbarStage(Runs.POLICIES));
    startSgs();
    AnalyzerLoop analyzer =
        start(
            new AnalyzerLoop(
                kafka,
                Runs.POLICIES,
                report -> {
                  if (report.plan().run().equals("first") && Files.exists(blocked)) {
                    throw new UncheckedIOException(new IOException("no room"));
                  }
                  reports.accept(report);
                }));
    services.join(start(producer("first", 20, 100, 1)));
    services.join(start(producer("second", 20, 100, 1)));

    assertThat(awaitReport("second").complete()).isTrue();
    assertThat(analyzer.status().isUp()).isTrue();
    assertThat(analyzer.status().failure()).contains("no room");

    Files.delete(blocked);

    assertThat(awaitReport("first").complete()).isTrue();
    Awaitility.await("well again")
        .atMost(TIMEOUT)
        .until(() -> analyzer.status().failure().isEmpty());
  }
}
