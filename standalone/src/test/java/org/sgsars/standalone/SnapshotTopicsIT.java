package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.SnapshotStore;
import org.sgsars.wire.SnapshotBegin;
import org.sgsars.wire.SnapshotChunk;
import org.sgsars.wire.SnapshotEnd;

/** What others do to topics of snapshots while a run goes on; services are processes. */
final class SnapshotTopicsIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final String RUN = "quick";

  /** Three services are disturbed one after the other while they last. */
  private static final int MANY_ITERATIONS = 2000;

  private static final int ITERATIONS = 800;
  private static final int PARTITIONS = 4;
  private static final int RECORDS_OF_A_SNAPSHOT = 3;

  /** A beginning and an end of a snapshot fit, and no chunk of a state does. */
  private static final String TOO_FEW_BYTES = "300";

  @TempDir private Path folder = Path.of("");
  private final Map<String, Process> stages = new HashMap<>();
  private final EmbeddedBroker broker =
      EmbeddedBroker.start(Path.of(System.getProperty("java.io.tmpdir")), failure -> {});
  private final PipelineLog kafka = Runs.kafka(broker, PARTITIONS);
  private final Admin admin = Runs.admin(kafka);
  private ServiceProcesses processes = new ServiceProcesses(broker.bootstrapServers(), folder);

  @BeforeEach
  void startServices() throws Exception {
    processes = new ServiceProcesses(broker.bootstrapServers(), folder);
    kafka.prepareTopics();
    for (String service : ServiceProcesses.STAGES) {
      start(service);
    }
    processes.startAnalyzer(folder, -1, folder.resolve("reports"));
  }

  @AfterEach
  void stopAll() {
    processes.close();
    admin.close();
    broker.close();
  }

  private void start(String service) throws IOException {
    stages.put(service, processes.startStage(folder, service));
  }

  private Process process(String service) {
    return Objects.requireNonNull(stages.get(service));
  }

  private void kill(String service) throws Exception {
    process(service).destroyForcibly().waitFor();
  }

  /** Starts those again that have ended, as supervisors do. */
  private void tend() throws Exception {
    for (String service : ServiceProcesses.STAGES) {
      if (!process(service).isAlive()) {
        start(service);
      }
    }
  }

  private static String topic(String service) {
    return "snapshots-" + service;
  }

  /** Topics come and go meanwhile; the last answer counts. */
  private void await(String what, Callable<Boolean> until) {
    Awaitility.await(what).atMost(TIMEOUT).ignoreExceptions().until(until);
  }

  private Map<TopicPartition, Long> ends(String topic) {
    try (Consumer<String, byte[]> consumer = kafka.readAllConsumer()) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        partitions.add(new TopicPartition(topic, partition));
      }
      return consumer.endOffsets(partitions);
    }
  }

  private boolean isThere(String topic) throws Exception {
    return admin.listTopics().names().get().contains(topic);
  }

  /** The end of the last snapshot of each partition, of a service that does not run. */
  private Map<Integer, SnapshotEnd> newest(String topic) throws Exception {
    Map<Integer, SnapshotEnd> found = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : records(topic)) {
      if (WireFormat.SNAPSHOT_END.recognises(record.value())) {
        found.put(record.partition(), WireFormat.SNAPSHOT_END.decode(record.value()));
      }
    }
    return found;
  }

  private List<ConsumerRecord<String, byte[]>> records(String topic) {
    Map<TopicPartition, Long> ends = ends(topic);
    List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
    try (Consumer<String, byte[]> consumer = kafka.readAllConsumer()) {
      consumer.assign(ends.keySet());
      consumer.seekToBeginning(ends.keySet());
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(all::add);
      }
    }
    return all;
  }

  /** Whether a partition has a beginning, a chunk and an end. */
  private boolean hasSnapshots(String service) throws Exception {
    return isThere(topic(service))
        && ends(topic(service)).values().stream().anyMatch(end -> end >= RECORDS_OF_A_SNAPSHOT);
  }

  /** The quickstart with a short lead: no service has much to do, and none is done for long. */
  private Path experiment() throws IOException {
    Path file = folder.resolve("paced.yml");
    if (!Files.exists(file)) {
      // A producer reads what is beside its experiment.
      Path trace = Runs.PROJECT.resolve("traces/fashion-lenet.avro");
      Files.copy(trace, folder.resolve("fashion-lenet.avro"));
      String text = Files.readString(Runs.PROJECT.resolve("experiments/quickstart.yml"));
      Files.writeString(file, text.replace("../traces/", "") + "pipeline: {maxLead: 10}\n");
    }
    return file;
  }

  private Process produceUntilAllHaveSnapshots(int iterations) throws Exception {
    Process producer = processes.produce(folder, experiment(), RUN, iterations);
    for (String service : ServiceProcesses.STAGES) {
      await("snapshots of " + service, () -> !producer.isAlive() || hasSnapshots(service));
    }
    assertThat(producer.isAlive()).as(processes.output(producer)).isTrue();
    return producer;
  }

  /** Waits for the producer's end, and compares the report with that of an undisturbed run. */
  private void expectUndisturbedReport(Process producer, int iterations) throws Exception {
    await(
        "the producer's end",
        () -> {
          tend();
          return !producer.isAlive();
        });
    assertThat(producer.exitValue()).as(processes.output(producer)).isZero();
    Path report = folder.resolve("reports").resolve(RUN);
    await(
        "report",
        () -> {
          tend();
          return Files.exists(report.resolve("report.json"));
        });
    Path alone = folder.resolve("alone");
    Runs.run(experiment(), iterations, alone);
    assertThat(Runs.timeless(report)).isEqualTo(Runs.timeless(alone));
  }

  private Collection<String> attempts() {
    try (KafkaRunCatalog runs = new KafkaRunCatalog(kafka)) {
      return new TreeSet<>(runs.announced());
    }
  }

  @Test
  void run_topicsOfSnapshotsAreDeletedByHand_reportIsThatOfAnUndisturbedOne() throws Exception {
    Process producer = produceUntilAllHaveSnapshots(MANY_ITERATIONS);

    for (String service : ServiceProcesses.STAGES) {
      admin.deleteTopics(Set.of(topic(service))).all().get();
      await(
          service + " makes its topic anew while it runs",
          () -> {
            tend();
            return hasSnapshots(service);
          });
      kill(service);
      admin.deleteTopics(Set.of(topic(service))).all().get();
      start(service);
      await(service + " makes its topic anew when it starts", () -> isThere(topic(service)));
    }

    expectUndisturbedReport(producer, MANY_ITERATIONS);
  }

  @Test
  void run_recordsOfAnotherProgramAmongSnapshots_continuesFromTheOnesBefore() throws Exception {
    Process producer = produceUntilAllHaveSnapshots(ITERATIONS);
    for (String service : ServiceProcesses.STAGES) {
      kill(service);
    }

    for (String service : ServiceProcesses.STAGES) {
      writeGarbage(topic(service));
      start(service);
    }

    expectUndisturbedReport(producer, ITERATIONS);
    assertThat(attempts()).containsExactly(RUN);
    for (String service : ServiceProcesses.STAGES) {
      assertThat(processes.output(process(service)))
          .contains("is not whole, or of another version; trying an older one")
          .containsPattern(
              "\\d of the \\d+ records of snapshots-%s-\\d are no part of a snapshot that this version can read; they are skipped"
                  .formatted(service));
    }
  }

  /**
   * Behind every snapshot what no program of ours writes, and at last one that is whole but for its
   * checksum.
   */
  private void writeGarbage(String topic) throws Exception {
    Map<Integer, SnapshotEnd> last = newest(topic);
    try (Producer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      for (Map.Entry<Integer, SnapshotEnd> of : last.entrySet()) {
        SnapshotEnd end = of.getValue();
        long later = end.getOffset() + 1;
        send(producer, topic, of.getKey(), new byte[0]);
        send(producer, topic, of.getKey(), new byte[100]);
        send(producer, topic, of.getKey(), WireFormat.SNAPSHOT_END.encode(end));
        SnapshotBegin first = new SnapshotBegin(end.getOf(), later, SnapshotStore.FORMAT);
        long begin = send(producer, topic, of.getKey(), WireFormat.SNAPSHOT_BEGIN.encode(first));
        SnapshotChunk chunk = new SnapshotChunk(begin, 0, ByteBuffer.allocate(1000));
        send(producer, topic, of.getKey(), WireFormat.SNAPSHOT_CHUNK.encode(chunk));
        SnapshotEnd spoiled =
            new SnapshotEnd(end.getOf(), later, begin, 1, 1000L, 1L, end.getOffset());
        send(producer, topic, of.getKey(), WireFormat.SNAPSHOT_END.encode(spoiled));
      }
    }
  }

  private static long send(
      Producer<String, byte[]> producer, String topic, int partition, byte[] value)
      throws Exception {
    return producer.send(new ProducerRecord<>(topic, partition, "any", value)).get().offset();
  }

  @Test
  void run_brokerRefusesSnapshots_serviceEndsAndSaysSo_continuesWhenItTakesThem() throws Exception {
    String service = "crossbar-sim";
    Process producer = produceUntilAllHaveSnapshots(ITERATIONS);

    setLargestRecord(service, new AlterConfigOp(largest(TOO_FEW_BYTES), AlterConfigOp.OpType.SET));
    Process refused = process(service);
    assertThat(refused.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(refused.exitValue()).isEqualTo(1);
    assertThat(processes.output(refused))
        .containsPattern(
            "A snapshot of [a-z-]+-\\S+-\\d cannot be kept in topic snapshots-%s: .*larger than the max message size the server will accept"
                .formatted(service));
    setLargestRecord(service, new AlterConfigOp(largest(""), AlterConfigOp.OpType.DELETE));
    start(service);

    expectUndisturbedReport(producer, ITERATIONS);
    assertThat(attempts()).containsExactly(RUN);
  }

  private static ConfigEntry largest(String bytes) {
    return new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, bytes);
  }

  private void setLargestRecord(String service, AlterConfigOp change) throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, topic(service));
    admin.incrementalAlterConfigs(Map.of(topic, List.of(change))).all().get();
  }
}
