package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogOffset;
import org.sgsars.log.OffsetQuery;

/** Records: how they get into the log, where they stand, and how their beginnings are deleted. */
abstract class RecordsContract extends LogFixture {
  @Test
  void send_severalRecords_haveTheirOrderAndOffsetsWithoutGaps() {
    TopicPartition partition = newPartition();

    send(partition, "a", "b", "c");

    List<ConsumerRecord<String, byte[]>> records = read(reader(partition), 3);
    assertThat(texts(records)).containsExactly("a", "b", "c");
    assertThat(records).extracting(ConsumerRecord::offset).containsExactly(0L, 1L, 2L);
    assertThat(records).extracting(ConsumerRecord::key).containsOnly("key");
  }

  @Test
  void send_withTimestampAndHeader_bothComeThrough() {
    TopicPartition partition = newPartition();
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(partition.topic(), 0, 1234L, "key", bytes("a"));
    record.headers().add("schema", bytes("7"));

    producer().send(record);

    ConsumerRecord<String, byte[]> read = read(reader(partition), 1).get(0);
    assertThat(read.timestamp()).isEqualTo(1234);
    assertThat(read.headers().lastHeader("schema").value()).isEqualTo(bytes("7"));
    assertThat(read.serializedKeySize()).isEqualTo(3);
    assertThat(read.serializedValueSize()).isEqualTo(1);
  }

  @Test
  void send_withoutTimestamp_hasTheTimeOfSending() {
    TopicPartition partition = newPartition();
    long before = System.currentTimeMillis();

    send(partition, "a");

    assertThat(read(reader(partition), 1).get(0).timestamp())
        .isBetween(before, System.currentTimeMillis());
  }

  @Test
  void send_withoutKeyAndValue_areNull() {
    TopicPartition partition = newPartition();

    producer().send(new ProducerRecord<>(partition.topic(), 0, null, null));

    ConsumerRecord<String, byte[]> read = read(reader(partition), 1).get(0);
    assertThat(read.key()).isNull();
    assertThat(read.value()).isNull();
    assertThat(read.serializedValueSize()).isEqualTo(-1);
  }

  @Test
  void groupConsumer_readsTheSameBytes() {
    TopicPartition partition = newPartition();
    send(partition, "value");
    Consumer<byte[], ByteBuffer> consumer = opened(clients().groupConsumer(newName()));
    consumer.assign(List.of(partition));

    ConsumerRecord<byte[], ByteBuffer> read = read(consumer, 1).get(0);

    assertThat(read.key()).isEqualTo(bytes("key"));
    assertThat(read.value().remaining()).isEqualTo(5);
    assertThat(text(read.value())).isEqualTo("value");
  }

  @Test
  void callbacks_ofOnePartition_comeInTheOrderOfSending() {
    TopicPartition partition = newPartition();
    Producer<String, byte[]> producer = producer();
    List<Long> offsets = Collections.synchronizedList(new ArrayList<>());

    for (int i = 0; i < 100; i++) {
      producer.send(
          new ProducerRecord<>(partition.topic(), 0, "key", bytes("a")),
          (metadata, failure) -> offsets.add(failure == null ? metadata.offset() : -1));
    }
    producer.flush();

    assertThat(offsets).hasSize(100).isSorted().startsWith(0L).endsWith(99L);
  }

  @Test
  void send_isAcknowledged_withPlaceAndTime() throws Exception {
    TopicPartition partition = newPartition();

    RecordMetadata metadata =
        producer().send(new ProducerRecord<>(partition.topic(), 0, 1234L, "key", bytes("a"))).get();

    assertThat(metadata.topic()).isEqualTo(partition.topic());
    assertThat(metadata.partition()).isZero();
    assertThat(metadata.offset()).isZero();
    assertThat(metadata.timestamp()).isEqualTo(1234);
  }

  @Test
  void flush_withLinger_makesAllVisibleAtOnce() {
    TopicPartition partition = newPartition();
    Producer<String, byte[]> producer = opened(clients().producer(Duration.ofMinutes(1)));
    for (int i = 0; i < 10; i++) {
      producer.send(new ProducerRecord<>(partition.topic(), 0, "key", bytes("a")));
    }

    producer.flush();

    assertThat(reader().endOffsets(List.of(partition))).containsEntry(partition, 10L);
  }

  @Test
  void close_withLinger_sendsWhatWaits() {
    TopicPartition partition = newPartition();
    Producer<String, byte[]> producer = clients().producer(Duration.ofMinutes(1));
    producer.send(new ProducerRecord<>(partition.topic(), 0, "key", bytes("a")));

    producer.close();

    assertThat(reader().endOffsets(List.of(partition))).containsEntry(partition, 1L);
  }

  @Test
  void send_afterClose_isRefused() {
    TopicPartition partition = newPartition();
    Producer<String, byte[]> producer = producer();
    producer.close();

    assertThatThrownBy(
            () -> producer.send(new ProducerRecord<>(partition.topic(), 0, "key", bytes("a"))))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void send_tooLargeForTheTopic_failsAndTheNextGoesOn() throws Exception {
    String topic = newTopic(Kind.EAGER, 1, Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "1000"));
    Producer<String, byte[]> producer = producer();
    List<Exception> failures = Collections.synchronizedList(new ArrayList<>());

    var large =
        producer.send(
            new ProducerRecord<>(topic, 0, "key", new byte[2000]),
            (metadata, failure) -> failures.add(failure));

    assertThatThrownBy(large::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RecordTooLargeException.class);
    assertThat(failures).hasSize(1).first().isInstanceOf(RecordTooLargeException.class);
    assertThat(producer.send(new ProducerRecord<>(topic, 0, "key", new byte[500])).get().offset())
        .isZero();
  }

  @Test
  void endOffsets_whileAnotherSends_isWhatIsAcknowledged() throws Exception {
    TopicPartition partition = newPartition();
    Producer<String, byte[]> producer = producer();
    Consumer<String, byte[]> reader = reader();

    for (long sent = 1; sent <= 20; sent++) {
      producer.send(new ProducerRecord<>(partition.topic(), 0, "key", bytes("a"))).get();
      assertThat(reader.endOffsets(List.of(partition))).containsEntry(partition, sent);
    }
  }

  @Test
  void offsets_ofAnEmptyPartition_areZero() {
    TopicPartition partition = newPartition();

    assertThat(reader().beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
    assertThat(reader().endOffsets(List.of(partition))).containsEntry(partition, 0L);
  }

  @Test
  void deleteRecords_ofTheBeginning_laterOnesKeepTheirOffsets() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b", "c");

    LogAdmin.await(admin().deleteRecords(Map.of(partition, 2L)));

    assertThat(reader().beginningOffsets(List.of(partition))).containsEntry(partition, 2L);
    assertThat(reader().endOffsets(List.of(partition))).containsEntry(partition, 3L);
    ConsumerRecord<String, byte[]> left = read(reader(partition), 1).get(0);
    assertThat(left.offset()).isEqualTo(2);
    assertThat(text(left)).isEqualTo("c");
  }

  @Test
  void deleteRecords_ofAll_offsetsCountOn() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b");

    LogAdmin.await(admin().deleteRecords(Map.of(partition, 2L)));
    send(partition, "c");

    ConsumerRecord<String, byte[]> next = read(reader(partition), 1).get(0);
    assertThat(next.offset()).isEqualTo(2);
    assertThat(text(next)).isEqualTo("c");
  }

  @Test
  void deleteRecords_beforeTheBeginning_changesNothing() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b", "c");
    LogAdmin.await(admin().deleteRecords(Map.of(partition, 2L)));

    LogAdmin.await(admin().deleteRecords(Map.of(partition, 1L)));

    assertThat(reader().beginningOffsets(List.of(partition))).containsEntry(partition, 2L);
  }

  @Test
  void deleteRecords_pastTheEnd_fails() {
    TopicPartition partition = newPartition();
    send(partition, "a");

    assertThatThrownBy(() -> LogAdmin.await(admin().deleteRecords(Map.of(partition, 2L))))
        .isInstanceOf(OffsetOutOfRangeException.class);
    assertThat(reader().beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
  }

  private LogOffset offset(TopicPartition partition, OffsetQuery query) {
    return Objects.requireNonNull(admin().listOffsets(Map.of(partition, query)).get(partition));
  }

  @Test
  void listOffsets_ofEachKind_findsRecordsByTime() {
    TopicPartition partition = newPartition();
    sendAt(partition, 1000, 3000, 2000);

    assertThat(offset(partition, OffsetQuery.earliest())).isEqualTo(new LogOffset(0, -1));
    assertThat(offset(partition, OffsetQuery.latest())).isEqualTo(new LogOffset(3, -1));
    assertThat(offset(partition, OffsetQuery.maxTimestamp())).isEqualTo(new LogOffset(1, 3000));
    assertThat(offset(partition, OffsetQuery.forTimestamp(0))).isEqualTo(new LogOffset(0, 1000));
    assertThat(offset(partition, OffsetQuery.forTimestamp(1001))).isEqualTo(new LogOffset(1, 3000));
    assertThat(offset(partition, OffsetQuery.forTimestamp(3001))).isEqualTo(LogOffset.NOT_FOUND);
  }

  @Test
  void listOffsets_ofAnEmptyPartition_findsNoRecord() {
    TopicPartition partition = newPartition();

    assertThat(offset(partition, OffsetQuery.earliest())).isEqualTo(new LogOffset(0, -1));
    assertThat(offset(partition, OffsetQuery.latest())).isEqualTo(new LogOffset(0, -1));
    assertThat(offset(partition, OffsetQuery.maxTimestamp())).isEqualTo(LogOffset.NOT_FOUND);
    assertThat(offset(partition, OffsetQuery.forTimestamp(0))).isEqualTo(LogOffset.NOT_FOUND);
  }

  /** The largest timestamp is still that of a record which is deleted. */
  @Test
  void listOffsets_whenAllIsDeleted_knowsTheLargestTimestampStill() {
    TopicPartition partition = newPartition();
    sendAt(partition, 1000, 3000, 2000);
    LogAdmin.await(admin().deleteRecords(Map.of(partition, 3L)));

    assertThat(offset(partition, OffsetQuery.earliest())).isEqualTo(new LogOffset(3, -1));
    assertThat(offset(partition, OffsetQuery.latest())).isEqualTo(new LogOffset(3, -1));
    assertThat(offset(partition, OffsetQuery.maxTimestamp())).isEqualTo(new LogOffset(1, 3000));
    assertThat(offset(partition, OffsetQuery.forTimestamp(0))).isEqualTo(LogOffset.NOT_FOUND);
  }

  @Test
  void listOffsets_whenTheBeginningIsDeleted_findsWhatIsLeft() {
    TopicPartition partition = newPartition();
    sendAt(partition, 1000, 3000, 2000, 2500);
    LogAdmin.await(admin().deleteRecords(Map.of(partition, 2L)));

    assertThat(offset(partition, OffsetQuery.forTimestamp(500))).isEqualTo(new LogOffset(2, 2000));
    assertThat(offset(partition, OffsetQuery.forTimestamp(2001))).isEqualTo(new LogOffset(3, 2500));
    assertThat(offset(partition, OffsetQuery.forTimestamp(2501))).isEqualTo(LogOffset.NOT_FOUND);
  }

  @Test
  void offsetsForTimes_withAndWithoutSuchARecord_isItsPlaceOrNull() {
    TopicPartition partition = newPartition();
    sendAt(partition, 1000, 2000);

    assertThat(reader().offsetsForTimes(Map.of(partition, 1500L)))
        .extractingByKey(partition)
        .extracting(OffsetAndTimestamp::offset, OffsetAndTimestamp::timestamp)
        .containsExactly(1L, 2000L);
    assertThat(reader().offsetsForTimes(Map.of(partition, 2001L))).containsEntry(partition, null);
  }
}
