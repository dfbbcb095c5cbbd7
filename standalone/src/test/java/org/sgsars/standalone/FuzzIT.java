package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.TopicReader;
import org.sgsars.sgs.kafka.SgsStage;
import org.sgsars.wire.DeadLetter;
import org.sgsars.wire.Extent;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.RowWear;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.RunAborted;
import org.sgsars.wire.TileWear;
import org.sgsars.wire.Updates;
import org.sgsars.wire.Wear;
import org.slf4j.LoggerFactory;

/** Records that nobody should send, by the thousand, among those of a run that must not notice. */
final class FuzzIT {
  private static final int RECORDS = 12_000;
  private static final int PARTITIONS = 2;
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final long SEED = 20_261_125;
  private static final List<String> SERVICES =
      List.of("sgs-service", "ars-controller", "crossbar-sim", "lifetime-analyzer");

  @TempDir private Path folder = Path.of("");
  private final ReceivedReports reports = new ReceivedReports();
  private final PipelineLog kafka = Runs.inMemory(PARTITIONS);
  private final Topics topics = kafka.topics();
  private RunningServices services = new RunningServices(kafka, folder, TIMEOUT);
  private final SplittableRandom random = new SplittableRandom(SEED);

  @AfterEach
  void stopAll() throws Exception {
    services.stopAll();
  }

  /** What a record of each topic looks like that its readers would take. */
  private Map<String, byte[]> templates(RunPlan victim) {
    ByteBuffer values = ByteBuffer.allocate(4 * 200);
    String run = victim.run();
    Map<String, byte[]> templates = new TreeMap<>();
    templates.put(topics.runs(), WireFormat.RUN_MANIFEST.encode(WireModel.toWire(victim)));
    templates.put(
        topics.gradients(),
        WireFormat.GRADIENTS.encode(
            new Gradients(run, 0, 0L, 0, 1, 0, 8, values, ByteBuffer.allocate(32), 0)));
    templates.put(
        topics.updates(),
        WireFormat.UPDATES.encode(
            new Updates(
                run, 0, 0, 0L, Extent.ROWS, List.of(1), List.of(), ByteBuffer.allocate(0))));
    templates.put(
        topics.rowWrites(),
        WireFormat.ROW_WRITES.encode(
            new RowWrites(
                run,
                0,
                0,
                0L,
                0,
                1,
                Extent.ROWS,
                List.of(1),
                List.of(1),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                ByteBuffer.allocate(0))));
    templates.put(
        topics.rowWear(), WireFormat.ROW_WEAR.encode(new RowWear(run, 0, 0, 128L, List.of(1L))));
    templates.put(
        topics.tileWear(),
        WireFormat.TILE_WEAR.encode(
            new TileWear(run, 0, 0, 500L, 0, 0, 0, 1, 5L, List.of(1L), List.of(), 0)));
    templates.put(
        topics.wear(),
        WireFormat.WEAR.encode(
            new Wear(
                run,
                0,
                0,
                10L,
                0,
                1,
                0,
                List.of(1L),
                null,
                List.of(0),
                1L,
                1L,
                0L,
                1L,
                0L,
                0L,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of())));
    templates.put(
        topics.deadLetters(),
        WireFormat.DEAD_LETTER.encode(
            DeadLetter.newBuilder()
                .setRun(run)
                .setService("a stranger")
                .setTopic("gradients")
                .setPartition(0)
                .setOffset(0)
                .setReason("fuzz")
                .setEndsLayer(false)
                .build()));
    return templates;
  }

  /** One record, and whether its bytes are no record of its topic at all. */
  private record Fuzzed(String topic, byte[] value, boolean unreadable) {}

  private Fuzzed fuzz(Map<String, byte[]> templates) {
    List<String> names = List.copyOf(templates.keySet());
    String topic = names.get(random.nextInt(names.size()));
    byte[] whole = java.util.Objects.requireNonNull(templates.get(topic));
    byte[] value =
        switch (random.nextInt(6)) {
          case 0 -> randomBytes(random.nextInt(300));
          case 1 -> Arrays.copyOf(whole, random.nextInt(whole.length));
          case 2 ->
              java.util.Objects.requireNonNull(
                  templates.get(names.get(random.nextInt(names.size()))));
          case 3 -> changed(whole);
          case 4 -> withHugeNumber(whole);
          default -> odd(topic, whole);
        };
    return new Fuzzed(topic, value, !isReadable(topic, value));
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] changed(byte[] whole) {
    byte[] copy = whole.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }
    return copy;
  }

  private byte[] withHugeNumber(byte[] whole) {
    int at = 10 + random.nextInt(whole.length - 10);
    byte[] huge = HexFormat.of().parseHex("feffffff0f");
    return ByteBuffer.allocate(whole.length + huge.length)
        .put(whole, 0, at)
        .put(huge)
        .put(whole, at, whole.length - at)
        .array();
  }

  /**
   * Readable, but not what a run needs: unknown layers, skipped iterations, NaN, missing chunks.
   */
  private byte[] odd(String topic, byte[] whole) {
    try {
      if (!topic.equals(topics.gradients())) {
        return whole;
      }
      Gradients gradients = WireFormat.GRADIENTS.decode(whole);
      Gradients.Builder odd = Gradients.newBuilder(gradients);
      switch (random.nextInt(7)) {
        case 0 -> odd.setLayer(random.nextInt());
        case 1 -> odd.setIteration(random.nextInt(1000));
        case 2 -> odd.setChunk(3).setChunks(9);
        case 3 -> odd.setOutputs(random.nextInt());
        case 4 -> odd.setRun("nobody");
        case 5 -> odd.setWeights(ByteBuffer.wrap(HexFormat.of().parseHex("0000c07f").clone()));
        default -> odd.setIteration(Long.MIN_VALUE);
      }
      return WireFormat.GRADIENTS.encode(odd.build());
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  private boolean isReadable(String topic, byte[] value) {
    if (topic.equals(topics.runs())) {
      return isReadable(value, WireFormat.RUN_MANIFEST)
          || isReadable(value, WireFormat.RUN_ABORTED)
          || isReadable(value, WireFormat.STATE_LOST)
          || isReadable(value, WireFormat.RUN_RETIRED);
    }
    Map<String, WireFormat<?>> formats =
        Map.of(
            topics.gradients(), WireFormat.GRADIENTS,
            topics.updates(), WireFormat.UPDATES,
            topics.rowWrites(), WireFormat.ROW_WRITES,
            topics.rowWear(), WireFormat.ROW_WEAR,
            topics.tileWear(), WireFormat.TILE_WEAR,
            topics.wear(), WireFormat.WEAR,
            topics.deadLetters(), WireFormat.DEAD_LETTER);
    return isReadable(value, java.util.Objects.requireNonNull(formats.get(topic)));
  }

  private static boolean isReadable(byte[] value, WireFormat<?> format) {
    try {
      format.decode(value);
      return true;
    } catch (WireException e) {
      return false;
    }
  }

  @Test
  void run_amongThousandsOfBadRecords_isNotTouched_andEachHasOneLetter() throws Exception {
    ((Logger) LoggerFactory.getLogger("org.sgsars.service")).setLevel(Level.OFF);
    Path experiment = Runs.PROJECT.resolve("experiments/quickstart.yml");
    kafka.prepareTopics();
    services = new RunningServices(kafka, folder.resolve("state"), TIMEOUT);
    services.start(new SgsStage(Runs.POLICIES));
    services.start(new ArsStage(Runs.POLICIES));
    services.start(new CrossbarStage(Runs.POLICIES));
    services.start(new AnalyzerLoop(kafka, Runs.POLICIES, reports));
    RunPlan victim = Runs.prepared(experiment, "victim", 100).plan();
    Map<String, byte[]> templates = templates(victim);
    Map<ProducerRecord<String, byte[]>, Future<RecordMetadata>> sent = new HashMap<>();
    List<ProducerRecord<String, byte[]>> unreadable = new ArrayList<>();
    services.start(Runs.prepared(experiment, "good", 3000).producer(kafka));
    try (Producer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      byte[] manifest = WireFormat.RUN_MANIFEST.encode(WireModel.toWire(victim));
      producer.send(new ProducerRecord<>(topics.runs(), 0, "victim", manifest)).get();
      sendHuge(producer, victim);
      for (int i = 0; i < RECORDS; i++) {
        Fuzzed fuzzed = fuzz(templates);
        int partition = fuzzed.topic().equals(topics.runs()) ? 0 : random.nextInt(PARTITIONS);
        ProducerRecord<String, byte[]> record =
            new ProducerRecord<>(fuzzed.topic(), partition, "victim/conv1", fuzzed.value());
        sent.put(record, producer.send(record));
        if (fuzzed.unreadable()) {
          unreadable.add(record);
        }
      }
      byte[] aborted = WireFormat.RUN_ABORTED.encode(new RunAborted("victim", "enough"));
      producer.send(new ProducerRecord<>(topics.runs(), 0, "victim", aborted)).get();
    }

    Awaitility.await("the good run's report")
        .atMost(TIMEOUT)
        .until(() -> reports.last("good").isPresent());
    Map<String, Integer> letters = new TreeMap<>();
    Awaitility.await("letters")
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              letters.clear();
              letters.putAll(letters());
              return unreadable.stream().allMatch(r -> letters.containsKey(place(sent, r)));
            });
    assertThat(letters.values()).as("letters of each record").containsOnly(1);
    assertThat(DeadLettersCommand.letters(kafka, "victim"))
        .contains("victim/conv1")
        .contains("gradients-0@")
        .contains("is outside [0, 3) of run victim")
        .contains(" dead letters");
    assertThat(services.failures()).isEmpty();
    assertThat(unreadable.size()).isGreaterThan(RECORDS / 3);

    LifetimeReport good = reports.last("good").orElseThrow();
    assertThat(good.warnings()).isEmpty();
    ReportFolder.write(good, folder.resolve("good"));
    Runs.run(experiment, 3000, folder.resolve("alone"));
    assertThat(Runs.timeless(folder.resolve("good")))
        .isEqualTo(Runs.timeless(folder.resolve("alone")));
    assertThat(reports.last("victim").orElseThrow().complete()).isFalse();
    assertThat(reports.last("victim").orElseThrow().warnings())
        .anyMatch(warning -> warning.matches("(?s)[a-z-]+-\\d@\\d+, read by [a-z-]+: not a .*"))
        .contains("enough");
    assertThat(reports.last("huge").orElseThrow().complete()).isFalse();
    assertThat(reports.last("huge").orElseThrow().warnings())
        .isNotEmpty()
        .allMatch(
            warning -> warning.contains("layer fc has 61042969 crossbars; allowed: at most 65536"));
  }

  /** A run of a few bytes, whose only layer would take terabytes. */
  private void sendHuge(Producer<String, byte[]> producer, RunPlan like) throws Exception {
    RunPlan huge =
        new RunPlanBuilder("huge", like.iterations())
            .origin(
                new RunPlan.Origin(
                    like.name(), like.createdAtMs(), like.source(), like.experiment(), List.of()))
            .seed(like.seed())
            .optimizer(like.optimizer())
            .format(like.gradientFormat())
            .time(like.time())
            .layers(
                MappedNetwork.layersOf(
                    List.of(new ParameterShape("fc.weight", List.of(1_000_000, 1_000_000)))))
            .sparsifiers(like.sparsifiers())
            // What is lent is said layer by layer, and this network has another number of them.
            .scenarios(like.scenarios().stream().filter(s -> s.retire().isEmpty()).toList())
            .reports(like.wearInterval(), like.reportSelections())
            .build();
    byte[] manifest = WireFormat.RUN_MANIFEST.encode(WireModel.toWire(huge));
    byte[] gradients =
        WireFormat.GRADIENTS.encode(
            new Gradients(
                "huge",
                0,
                0L,
                0,
                9,
                0,
                1,
                ByteBuffer.allocate(4_000_000),
                ByteBuffer.allocate(0),
                0));
    producer.send(new ProducerRecord<>(topics.runs(), 0, "huge", manifest)).get();
    producer.send(new ProducerRecord<>(topics.gradients(), 0, "huge/fc", gradients)).get();
  }

  private static String place(
      Map<ProducerRecord<String, byte[]>, Future<RecordMetadata>> sent,
      ProducerRecord<String, byte[]> record)
      throws AssertionError {
    try {
      RecordMetadata at = java.util.Objects.requireNonNull(sent.get(record)).get();
      return at.topic() + "-" + at.partition() + "@" + at.offset();
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** How many letters each record has. */
  private Map<String, Integer> letters() {
    Map<String, Integer> letters = new TreeMap<>();
    try (TopicReader reader = new TopicReader(kafka, List.of(topics.deadLetters()))) {
      reader.readToEnd(
          record -> {
            try {
              DeadLetter letter = WireFormat.DEAD_LETTER.decode(record.value());
              // Some of the fuzz looks like a letter, too.
              if (SERVICES.contains(letter.getService())) {
                letters.merge(
                    letter.getTopic() + "-" + letter.getPartition() + "@" + letter.getOffset(),
                    1,
                    Integer::sum);
              }
            } catch (WireException e) {
              // One of those that are sent to see what becomes of them.
              return;
            }
          });
    }
    return letters;
  }
}
