package org.sgsars.log.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;

/** A stepped log, and what goes wrong in it by decree. */
final class MemoryLogFaultsTest {
  private static final String TOPIC = "topic";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  private final ManualTime time = new ManualTime(1_000_000);
  private final MemoryLog log = MemoryLog.stepped(MemorySettings.DEFAULTS, time);
  private final LogClients clients = log.clients();
  private final LogAdmin admin = clients.admin();
  private final Producer<String, byte[]> producer = clients.producer(Duration.ZERO);

  /** What callbacks were told: an offset, or a failure's class. */
  private final List<String> told = new ArrayList<>();

  MemoryLogFaultsTest() {
    admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1)));
  }

  private Future<RecordMetadata> send(String value) {
    return send(producer, 0, value);
  }

  private Future<RecordMetadata> send(Producer<String, byte[]> by, int partition, String value) {
    return by.send(
        new ProducerRecord<>(TOPIC, partition, "key", value.getBytes(StandardCharsets.UTF_8)),
        (metadata, failure) ->
            told.add(
                value
                    + (failure == null
                        ? "@" + metadata.offset()
                        : ": " + failure.getClass().getSimpleName())));
  }

  /** All values of a partition. */
  private List<String> values(int partition) {
    Consumer<String, byte[]> reader = clients.readAllConsumer();
    reader.assign(List.of(new TopicPartition(TOPIC, partition)));
    List<String> values = new ArrayList<>();
    reader
        .poll(Duration.ZERO)
        .forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
    reader.close();
    return values;
  }

  /** The fates of the records that come next, in their order; then all are delivered. */
  private void decide(Fate... fates) {
    Deque<Fate> next = new ArrayDeque<>(Arrays.asList(fates));
    log.faults().decideFates(record -> next.isEmpty() ? Fate.DELIVERED : next.remove());
  }

  @Test
  void poll_nothingThere_isEmptyAtOnceAndNoTimeGoesBy() {
    Member member = new Member(clients, "group", TOPIC);

    assertThat(member.poll()).isZero();

    assertThat(time.nanos()).isZero();
    assertThat(member.events).containsExactly("assigned [0, 1]");
  }

  @Test
  void send_delivered_isInTheLogAndAcknowledgedBeforeTheCallReturns() throws Exception {
    Future<RecordMetadata> sent = send("a");

    assertThat(sent.isDone()).isTrue();
    assertThat(sent.get().timestamp()).isEqualTo(1_000_000);
    assertThat(told).containsExactly("a@0");
    assertThat(values(0)).containsExactly("a");
  }

  @Test
  void send_valueIsHandedOnByReference() {
    byte[] value = {1, 2, 3};
    producer.send(new ProducerRecord<>(TOPIC, 0, "key", value));
    Member member = new Member(clients, "group", TOPIC);

    ByteBuffer read = member.consumer.poll(Duration.ZERO).iterator().next().value();

    value[0] = 9;
    assertThat(read.get(0)).isEqualTo((byte) 9);
  }

  @Test
  void clients_withAClockOfTheirOwn_sendRecordsOfTheFuture() throws Exception {
    ManualTime ahead = new ManualTime(9_000_000);
    try (Producer<String, byte[]> other = log.clients(ahead).producer(Duration.ZERO)) {
      assertThat(send(other, 0, "a").get().timestamp()).isEqualTo(9_000_000);
    }
  }

  @Test
  void acknowledgedLate_isReadBeforeItsSenderKnows() {
    decide(Fate.ACKNOWLEDGED_LATE);

    Future<RecordMetadata> sent = send("a");

    assertThat(values(0)).containsExactly("a");
    assertThat(sent.isDone()).isFalse();
    assertThat(log.faults().waiting()).isEqualTo(1);
    log.faults().release();
    assertThat(sent.isDone()).isTrue();
    assertThat(told).containsExactly("a@0");
  }

  @Test
  void acknowledgedLate_thoseBehindItInItsPartitionWaitToo() {
    decide(Fate.ACKNOWLEDGED_LATE);
    send("a");
    send("b");
    send(producer, 1, "elsewhere");

    assertThat(told).containsExactly("elsewhere@0");
    assertThat(values(0)).containsExactly("a", "b");
    log.faults().release();

    assertThat(told).containsExactly("elsewhere@0", "a@0", "b@1");
  }

  @Test
  void deliveredLate_thoseBehindItAreNotInTheLogBefore() {
    decide(Fate.DELIVERED_LATE);
    send("a");
    send("b");
    Producer<String, byte[]> other = clients.producer(Duration.ZERO);
    send(other, 0, "of another");

    assertThat(values(0)).containsExactly("of another");
    log.faults().release();

    assertThat(values(0)).containsExactly("of another", "a", "b");
    assertThat(told).containsExactly("of another@0", "a@1", "b@2");
  }

  @Test
  void release_some_theOldestGoOn() {
    decide(Fate.DELIVERED_LATE, Fate.DELIVERED_LATE, Fate.DELIVERED_LATE);
    send(producer, 0, "a");
    send(producer, 1, "b");
    send(producer, 0, "c");

    log.faults().release(2);

    assertThat(told).containsExactlyInAnyOrder("a@0", "b@0");
    assertThat(log.faults().waiting()).isEqualTo(1);
  }

  @Test
  void neverAcknowledged_failsAfterTheDeliveryTimeoutAndIsInTheLog() {
    decide(Fate.NEVER_ACKNOWLEDGED);
    Future<RecordMetadata> sent = send("a");
    time.advance(Duration.ofMinutes(10).minusNanos(1));
    log.faults().advance();
    assertThat(sent.isDone()).isFalse();

    time.advance(Duration.ofNanos(1));
    log.faults().advance();

    assertThat(told).containsExactly("a: TimeoutException");
    assertThatThrownBy(sent::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(TimeoutException.class);
    assertThat(values(0)).containsExactly("a");
  }

  /** As of an idempotent producer, whose next records go on with a new epoch. */
  @Test
  void lost_failsAfterTheDeliveryTimeoutAndThoseBehindItGoOn() {
    decide(Fate.LOST);
    send("a");
    time.advance(Duration.ofMinutes(5));
    send("b");
    assertThat(values(0)).isEmpty();

    time.advance(Duration.ofMinutes(5));
    log.faults().advance();

    assertThat(values(0)).containsExactly("b");
    assertThat(told).containsExactly("a: TimeoutException", "b@0");
  }

  /** With Kafka the thread that sends runs the callbacks. */
  @Test
  void lost_itsCallbackClosesTheProducer_nothingBehindItIsInTheLog() {
    decide(Fate.DELIVERED, Fate.LOST);
    send("a");
    producer.send(
        new ProducerRecord<>(TOPIC, 0, "key", new byte[] {'b'}),
        (metadata, failure) -> producer.close(Duration.ZERO));
    send("c");

    time.advance(MemorySettings.DEFAULTS.deliveryTimeout());
    log.faults().advance();

    assertThat(values(0)).containsExactly("a");
    assertThat(told).containsExactly("a@0", "c: KafkaException");
  }

  @Test
  void lost_itsCallbackClosesAProducerThatIsClosing_nothingBehindItIsInTheLog() {
    decide(Fate.LOST);
    producer.send(
        new ProducerRecord<>(TOPIC, 0, "key", new byte[] {'a'}),
        (metadata, failure) -> producer.close(Duration.ZERO));
    send("b");

    producer.close();

    assertThat(values(0)).isEmpty();
    assertThat(told).containsExactly("b: KafkaException");
  }

  @Test
  void duplicated_standsTwiceAndIsAcknowledgedOnce() {
    decide(Fate.DUPLICATED);

    send("a");

    assertThat(values(0)).containsExactly("a", "a");
    assertThat(told).containsExactly("a@0");
  }

  @Test
  void flush_doesNotWait_lateOnesComeAndLostOnesFail() {
    decide(Fate.DELIVERED_LATE, Fate.LOST, Fate.ACKNOWLEDGED_LATE);
    send("a");
    send("b");
    send("c");

    producer.flush();

    assertThat(told).containsExactly("a@0", "b: TimeoutException", "c@1");
    assertThat(time.nanos()).isZero();
  }

  @Test
  void whenBlocked_isAskedBeforeAFlushGivesUp() {
    decide(Fate.DELIVERED_LATE);
    send("a");
    List<String> asked = new ArrayList<>();
    log.faults()
        .whenBlocked(
            () -> {
              asked.add("asked");
              log.faults().release();
            });

    producer.flush();

    assertThat(asked).containsExactly("asked");
    assertThat(told).containsExactly("a@0");
  }

  @Test
  void get_ofALostRecord_failsAtOnce() {
    decide(Fate.LOST);
    Future<RecordMetadata> sent = send("a");

    assertThatThrownBy(sent::get).hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void closeZero_dropsWhatIsNotAcknowledged() {
    decide(Fate.ACKNOWLEDGED_LATE, Fate.DELIVERED_LATE);
    send("a");
    send("b");

    producer.close(Duration.ZERO);
    log.faults().release();

    assertThat(told).containsExactly("a: KafkaException", "b: KafkaException");
    assertThat(values(0)).containsExactly("a");
    assertThatThrownBy(() -> send("c")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void callback_sends_itsRecordIsAcknowledgedAfterwards() {
    producer.send(
        new ProducerRecord<>(TOPIC, 0, "key", new byte[] {'a'}),
        (metadata, failure) -> {
          send("b");
          told.add("end of the first");
        });

    assertThat(told).containsExactly("end of the first", "b@1");
  }

  @Test
  void flush_inACallback_isRefused() {
    List<Throwable> thrown = new ArrayList<>();
    producer.send(
        new ProducerRecord<>(TOPIC, 0, "key", new byte[] {'a'}),
        (metadata, failure) -> {
          try {
            producer.flush();
          } catch (KafkaException e) {
            thrown.add(e);
          }
        });

    assertThat(thrown).hasSize(1);
  }

  @Test
  void send_noSuchPartition_failsAtOnce() {
    send(producer, 5, "a");

    assertThat(told).containsExactly("a: TimeoutException");
  }

  @Test
  void brokersAway_pollsAreEmptyAndCallsTimeOut() {
    Member member = new Member(clients, "group", TOPIC);
    member.poll();
    send("a");
    log.faults().stopBrokers();

    assertThat(member.poll()).isZero();
    assertThatThrownBy(
            () -> member.consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(1))))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("committing offsets");
    assertThatThrownBy(() -> member.consumer.endOffsets(Set.of(PARTITION)))
        .isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> admin.describeTopics(List.of(TOPIC)))
        .isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> LogAdmin.await(admin.deleteRecords(Map.of(PARTITION, 1L))))
        .isInstanceOf(TimeoutException.class);

    log.faults().startBrokers();
    assertThat(member.poll()).isEqualTo(1);
  }

  @Test
  void brokersAway_whatIsSentWaitsForThem() {
    log.faults().stopBrokers();
    send("a");
    send("b");
    assertThat(told).isEmpty();

    log.faults().startBrokers();

    assertThat(told).containsExactly("a@0", "b@1");
  }

  @Test
  void brokersAway_longerThanTheDeliveryTimeout_whatWasSentHasFailed() {
    log.faults().stopBrokers();
    send("a");
    time.advance(Duration.ofMinutes(10));

    log.faults().startBrokers();

    assertThat(told).containsExactly("a: TimeoutException");
    assertThat(values(0)).isEmpty();
  }

  @Test
  void deleteBefore_aReaderGoesOnBehindIt() {
    send("a");
    send("b");
    log.faults().deleteBefore(PARTITION, 1);

    assertThat(values(0)).containsExactly("b");
  }

  @Test
  void poll_atMostSoManyRecords_partitionsTakeTurns() {
    MemoryLog small = MemoryLog.stepped(MemorySettings.DEFAULTS.withMaxPollRecords(2), time);
    small.clients().admin().createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1)));
    Producer<String, byte[]> sender = small.clients().producer(Duration.ZERO);
    for (int i = 0; i < 3; i++) {
      send(sender, 0, "a" + i);
      send(sender, 1, "b" + i);
    }
    Consumer<String, byte[]> reader = small.clients().readAllConsumer();
    reader.assign(List.of(PARTITION, new TopicPartition(TOPIC, 1)));
    List<String> polls = new ArrayList<>();

    for (int i = 0; i < 4; i++) {
      StringBuilder poll = new StringBuilder();
      reader
          .poll(Duration.ZERO)
          .forEach(record -> poll.append(new String(record.value(), StandardCharsets.UTF_8)));
      polls.add(poll.toString());
    }

    assertThat(polls).containsExactly("a0a1", "b0b1", "a2b2", "");
  }

  @Test
  void unsupportedCall_isNamed() {
    assertThatThrownBy(() -> clients.readAllConsumer().listTopics())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("The log in memory does not support listTopics");
    assertThatThrownBy(producer::initTransactions)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("The log in memory does not support initTransactions");
  }
}
