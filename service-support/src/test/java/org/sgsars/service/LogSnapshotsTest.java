package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;
import org.sgsars.wire.SnapshotBegin;
import org.sgsars.wire.SnapshotChunk;
import org.sgsars.wire.SnapshotEnd;

/** Snapshots in a topic; a state is an array of bytes. */
final class LogSnapshotsTest {
  private static final String TOPIC = "snapshots-sgs-service";
  private static final SnapshotStore.Key KEY = new SnapshotStore.Key("gradients-X-1", 1);
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 1);

  /** What a restart reads. */
  private static final class State {
    byte[] bytes = {};

    void restore(DataInput in) throws IOException {
      bytes = new byte[in.readInt()];
      in.readFully(bytes);
    }
  }

  private final ManualTime time = new ManualTime(0);
  private final MemoryLog log = MemoryLog.stepped(MemorySettings.DEFAULTS, time);
  private final PipelineLog pipeline = new PipelineLog(log.clients(), time, "", 2, -1);
  private final List<LogSnapshots> stores = new ArrayList<>();

  /** That of an instance of its own. */
  private LogSnapshots store() {
    LogSnapshots store = new LogSnapshots(pipeline, TOPIC, 2);
    stores.add(store);
    return store;
  }

  @AfterEach
  void close() {
    stores.forEach(LogSnapshots::close);
  }

  private static byte[] state(int length, long seed) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static SnapshotStore.Draft draft(SnapshotStore store, long offset, byte[] state) {
    return store.draft(
        KEY,
        offset,
        out -> {
          out.writeInt(state.length);
          out.write(state);
        });
  }

  private static Optional<SnapshotStore.Restored<State>> restored(SnapshotStore store, long least) {
    return store.restore(KEY, least, State::new, State::restore);
  }

  private SnapshotStore.Restored<State> restored() {
    return restored(store(), 0).orElseThrow();
  }

  private List<ConsumerRecord<String, byte[]>> records() {
    try (Consumer<String, byte[]> consumer = log.clients().readAllConsumer()) {
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
      List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
      long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
      while (consumer.position(PARTITION) < end) {
        consumer.poll(Duration.ZERO).forEach(all::add);
      }
      return all;
    }
  }

  private void send(byte[]... values) {
    try (Producer<String, byte[]> producer = log.clients().producer(Duration.ZERO)) {
      for (byte[] value : values) {
        producer.send(new ProducerRecord<>(TOPIC, 1, "any", value));
      }
    }
  }

  @Test
  void restore_nothingWasSaved_isEmpty() {
    assertThat(restored(store(), 0)).isEmpty();
  }

  @Test
  void restore_byAnotherInstance_isWhatWasPublished() {
    byte[] state = state(100, 1);
    LogSnapshots here = store();

    assertThat(draft(here, 40, state).publish()).isZero();

    assertThat(restored().state().bytes).isEqualTo(state);
    assertThat(restored().offset()).isEqualTo(40);
    assertThat(restored().oldestKept()).isZero();
  }

  @Test
  void publish_stateOfSeveralMebibytes_isChunksOfOneBetweenBeginAndEnd() throws Exception {
    byte[] state = state(5 << 19, 2);

    draft(store(), 40, state).publish();

    List<ConsumerRecord<String, byte[]>> records = records();
    assertThat(records).hasSize(5);
    assertThat(WireFormat.SNAPSHOT_BEGIN.decode(records.get(0).value()))
        .isEqualTo(new SnapshotBegin("gradients-X-1", 40L, SnapshotStore.FORMAT));
    List<Integer> lengths = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      SnapshotChunk chunk = WireFormat.SNAPSHOT_CHUNK.decode(records.get(i).value());
      assertThat(chunk.getBegin()).isEqualTo(records.get(0).offset());
      assertThat(chunk.getNumber()).isEqualTo(i - 1);
      lengths.add(chunk.getContent().remaining());
    }
    assertThat(lengths).containsExactly(1 << 20, 1 << 20, (1 << 19) + 4);
    SnapshotEnd end = WireFormat.SNAPSHOT_END.decode(records.get(4).value());
    assertThat(end.getBytes()).isEqualTo((5 << 19) + 4);
    assertThat(end.getChunks()).isEqualTo(3);
    assertThat(restored().state().bytes).isEqualTo(state);
  }

  @Test
  void publish_third_deletesWhatIsBeforeTheSecond() {
    LogSnapshots here = store();
    draft(here, 10, state(8, 1)).publish();
    assertThat(draft(here, 20, state(8, 2)).publish()).isEqualTo(10);
    assertThat(draft(here, 30, state(8, 3)).publish()).isEqualTo(20);

    // Of three records each, the first three are gone.
    assertThat(records().get(0).offset()).isEqualTo(3);
    assertThat(restored().offset()).isEqualTo(30);
    assertThat(restored().oldestKept()).isEqualTo(20);
  }

  @Test
  void publish_afterARestore_keepsWhatWasRestoredFrom() {
    draft(store(), 10, state(8, 1)).publish();
    LogSnapshots other = store();
    restored(other, 0);

    assertThat(draft(other, 20, state(8, 2)).publish()).isEqualTo(10);
    assertThat(draft(other, 30, state(8, 3)).publish()).isEqualTo(20);

    assertThat(records().get(0).offset()).isEqualTo(3);
  }

  @Test
  void restore_writerThatWasInterrupted_isTheSnapshotBefore() {
    LogSnapshots here = store();
    draft(here, 10, state(8, 1)).publish();
    draft(here, 20, state(3 << 20, 2));

    assertThat(records()).hasSizeGreaterThan(4);
    assertThat(restored().offset()).isEqualTo(10);
  }

  @Test
  void restore_twoWritersAtOnce_isWhatEachWrote() {
    LogSnapshots here = store();
    LogSnapshots there = store();
    SnapshotStore.Draft first = draft(here, 10, state(3 << 20, 1));
    SnapshotStore.Draft second = draft(there, 20, state(2 << 20, 2));
    second.publish();
    first.publish();

    assertThat(restored(store(), 15).orElseThrow().state().bytes).isEqualTo(state(2 << 20, 2));
    // Older, but of use: what is nearest to the end is read, and the records since are read again.
    assertThat(restored(store(), 0).orElseThrow().state().bytes).isEqualTo(state(3 << 20, 1));
  }

  @Test
  void restore_allBelowTheLeast_isEmpty() {
    LogSnapshots here = store();
    draft(here, 10, state(8, 1)).publish();
    draft(here, 20, state(8, 2)).publish();

    assertThat(restored(store(), 20)).isPresent();
    assertThat(restored(store(), 21)).isEmpty();
  }

  @Test
  void restore_recordsOfAnotherProgram_arePassedOver() {
    draft(store(), 10, state(8, 1)).publish();
    send(
        new byte[0],
        new byte[] {1, 2, 3},
        WireFormat.SNAPSHOT_CHUNK.encode(new SnapshotChunk(0L, 7, ByteBuffer.wrap(new byte[3]))),
        WireFormat.SNAPSHOT_END.encode(new SnapshotEnd("gradients-X-1", 50L, 0L, 1, 12L, 1L, 0L)));

    assertThat(restored().offset()).isEqualTo(10);
  }

  @Test
  void restore_snapshotsOfATopicThatWasMadeAnew_arePassedOver() {
    draft(store(), 10, state(8, 1)).publish();

    assertThat(
            store()
                .restore(new SnapshotStore.Key("gradients-Y-1", 1), 0, State::new, State::restore))
        .isEmpty();
  }

  @Test
  void restore_anotherFormat_isPassedOver() {
    LogSnapshots here = store();
    draft(here, 10, state(8, 1)).publish();
    byte[] chunk = {0, 0, 0, 0};
    java.util.zip.CRC32 checksum = new java.util.zip.CRC32();
    checksum.update(chunk);
    send(
        WireFormat.SNAPSHOT_BEGIN.encode(
            new SnapshotBegin("gradients-X-1", 20L, SnapshotStore.FORMAT + 1)),
        WireFormat.SNAPSHOT_CHUNK.encode(new SnapshotChunk(3L, 0, ByteBuffer.wrap(chunk))),
        WireFormat.SNAPSHOT_END.encode(
            new SnapshotEnd("gradients-X-1", 20L, 3L, 1, 4L, checksum.getValue(), 10L)));

    assertThat(restored().offset()).isEqualTo(10);
  }

  @Test
  void restore_chunksThatCameTwice_countOnce() {
    byte[] chunk = {0, 0, 0, 1, 9};
    java.util.zip.CRC32 checksum = new java.util.zip.CRC32();
    checksum.update(chunk);
    store().restore(KEY, 0, State::new, State::restore);
    byte[] sent =
        WireFormat.SNAPSHOT_CHUNK.encode(new SnapshotChunk(0L, 0, ByteBuffer.wrap(chunk)));
    send(
        WireFormat.SNAPSHOT_BEGIN.encode(
            new SnapshotBegin("gradients-X-1", 20L, SnapshotStore.FORMAT)),
        sent,
        sent,
        WireFormat.SNAPSHOT_END.encode(
            new SnapshotEnd("gradients-X-1", 20L, 0L, 1, 5L, checksum.getValue(), 0L)));

    assertThat(restored().state().bytes).containsExactly(9);
  }

  @Test
  void restore_wholeButOfNoUse_saysWhereItIs() {
    draft(store(), 10, state(8, 1)).publish();

    assertThatThrownBy(
            () ->
                store()
                    .restore(
                        KEY,
                        0,
                        State::new,
                        (state, in) -> {
                          throw new IOException("layer fc is unknown");
                        }))
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining(
            "The snapshot of gradients-X-1 at offset 0 of snapshots-sgs-service-1 is whole but cannot be restored: layer fc is unknown");
  }

  @Test
  void draft_topicThatWasMadeWithFewerPartitions_isRefused() {
    try (LogAdmin admin = log.clients().admin()) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)));
    }

    assertThatThrownBy(() -> draft(store(), 10, state(1, 1)))
        .isInstanceOf(ServiceException.class)
        .hasMessage(
            "Topic snapshots-sgs-service has 1 partitions and the input of its service has 2; delete topic snapshots-sgs-service, then runs begin anew whose records are gone");
  }

  /** A topic that takes beginnings and ends, and no chunk of a kilobyte. */
  private void makeTopicOfSmallRecords() {
    NewTopic topic =
        new NewTopic(TOPIC, 2, (short) 1)
            .configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "500"));
    try (LogAdmin admin = log.clients().admin()) {
      admin.createTopics(List.of(topic));
    }
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(ints = {1000, 3 << 20})
  void publish_brokerRefusesAChunk_saysTopicAndReason_theOneBeforeIsRestored(int bytes) {
    makeTopicOfSmallRecords();
    draft(store(), 10, state(8, 1)).publish();

    assertThatThrownBy(() -> draft(store(), 20, state(bytes, 2)).publish())
        .isInstanceOf(ServiceException.class)
        .hasMessageStartingWith(
            "A snapshot of gradients-X-1 cannot be kept in topic snapshots-sgs-service: ")
        .hasMessageContaining("500")
        .message()
        .doesNotContain("closed");

    assertThat(restored().offset()).isEqualTo(10);
  }

  @Test
  void publish_topicWasDeletedByHand_isTheFirstOfANewOne() {
    LogSnapshots here = store();
    draft(here, 10, state(8, 1)).publish();
    draft(here, 20, state(8, 2)).publish();
    try (LogAdmin admin = log.clients().admin()) {
      admin.deleteTopics(List.of(TOPIC), Duration.ofSeconds(1));
    }

    long neededFrom = draft(here, 30, state(8, 3)).publish();

    assertThat(neededFrom).isZero();
    assertThat(restored().offset()).isEqualTo(30);
  }

  @Test
  void delete_topicOfOneKey_isDeleted() {
    LogSnapshots here = store();
    draft(here, 10, state(8, 1)).publish();

    here.delete(KEY);

    try (LogAdmin admin = log.clients().admin()) {
      assertThat(admin.describeTopics(List.of(TOPIC))).isEmpty();
    }
    draft(here, 20, state(8, 2)).publish();
    assertThat(restored().offset()).isEqualTo(20);
  }

  /** Whatever was written, interrupted or spoiled, a restart gets a state that was written. */
  @Test
  void restore_afterAnything_isSomethingThatWasPublished() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SnapshotStore.Key key = new SnapshotStore.Key("k" + seed, 0);
      List<LogSnapshots> writers = List.of(store(), store());
      Map<Long, byte[]> published = new java.util.TreeMap<>();
      for (long offset = 1; offset <= 6; offset++) {
        byte[] state = state(random.nextInt(3 << 19), offset);
        SnapshotStore.Draft draft =
            writers.get(random.nextInt(2)).draft(key, offset, out -> out.write(state));
        if (random.nextInt(3) > 0) {
          draft.publish();
          published.put(offset, state);
        }
      }
      Optional<SnapshotStore.Restored<byte[][]>> found =
          store()
              .restore(
                  key,
                  0,
                  () -> new byte[1][],
                  (into, in) -> into[0] = ((java.io.InputStream) in).readAllBytes());

      assertThat(found.isPresent()).isEqualTo(!published.isEmpty());
      found.ifPresent(
          restored ->
              assertThat(Arrays.equals(restored.state()[0], published.get(restored.offset())))
                  .isTrue());
    }
  }
}
