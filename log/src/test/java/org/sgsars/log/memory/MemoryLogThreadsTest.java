package org.sgsars.log.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sgsars.log.LogClients;
import org.sgsars.log.TimeSource;

/** A log whose clients have threads of their own. */
@Timeout(60)
final class MemoryLogThreadsTest {
  private static final String TOPIC = "topic";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  private final MemoryLog log = MemoryLog.forThreads();
  private final LogClients clients = log.clients();

  private void create(int partitions) {
    clients.admin().createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1)));
  }

  @Test
  void poll_waits_untilARecordComes() throws Exception {
    create(1);
    Consumer<String, byte[]> reader = clients.readAllConsumer();
    reader.assign(List.of(PARTITION));
    CompletableFuture<Integer> count =
        CompletableFuture.supplyAsync(() -> reader.poll(Duration.ofMinutes(10)).count());

    clients.producer(Duration.ZERO).send(new ProducerRecord<>(TOPIC, 0, "key", new byte[1]));

    assertThat(count.get()).isEqualTo(1);
  }

  @Test
  void poll_nothingComes_waitsForItsTime() {
    create(1);
    Consumer<String, byte[]> reader = clients.readAllConsumer();
    reader.assign(List.of(PARTITION));
    long begin = System.nanoTime();

    assertThat(reader.poll(Duration.ofMillis(30)).isEmpty()).isTrue();

    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(30_000_000);
  }

  @Test
  void send_waits_untilItsTopicExists() throws Exception {
    CompletableFuture<Long> offset =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return clients
                    .producer(Duration.ZERO)
                    .send(new ProducerRecord<>(TOPIC, 0, "key", new byte[1]))
                    .get()
                    .offset();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });

    create(1);

    assertThat(offset.get()).isZero();
  }

  @Test
  void flush_waits_untilWhatIsLateIsReleased() throws Exception {
    create(1);
    log.faults().decideFates(record -> Fate.DELIVERED_LATE);
    Producer<String, byte[]> producer = clients.producer(Duration.ZERO);
    producer.send(new ProducerRecord<>(TOPIC, 0, "key", new byte[1]));
    CompletableFuture<Void> flushed = CompletableFuture.runAsync(producer::flush);
    assertThat(flushed.isDone()).isFalse();

    log.faults().release();

    assertThat(flushed.get()).isNull();
  }

  /** Each partition's offsets come to each callback and each reader in their order. */
  @Test
  void manyThreads_nothingIsLostAndAllIsInOrder() throws Exception {
    int partitions = 4;
    int records = 5_000;
    create(partitions);
    Producer<String, byte[]> producer = clients.producer(Duration.ZERO);
    List<CompletableFuture<Void>> work = new ArrayList<>();
    List<List<Long>> acknowledged = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      List<Long> offsets = new ArrayList<>();
      acknowledged.add(offsets);
      int to = partition;
      work.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < records; i++) {
                  producer.send(
                      new ProducerRecord<>(TOPIC, to, "key", new byte[8]),
                      (metadata, failure) -> offsets.add(metadata.offset()));
                }
                producer.flush();
              }));
    }
    List<Consumer<byte[], ByteBuffer>> members =
        List.of(clients.groupConsumer("group"), clients.groupConsumer("group"));
    List<ConsumerRecord<byte[], ByteBuffer>> read = new ArrayList<>();
    members.forEach(member -> member.subscribe(List.of(TOPIC)));
    long end = TimeSource.SYSTEM.nanos() + Duration.ofSeconds(30).toNanos();
    // Whoever reads again after a rebalance, as nobody commits.
    while (read.stream().map(r -> r.partition() + "@" + r.offset()).distinct().count()
            < (long) partitions * records
        && TimeSource.SYSTEM.nanos() < end) {
      members.forEach(member -> member.poll(Duration.ofMillis(10)).forEach(read::add));
    }
    for (CompletableFuture<Void> done : work) {
      done.get();
    }

    assertThat(acknowledged)
        .allSatisfy(
            offsets -> assertThat(offsets).hasSize(records).isSorted().endsWith(records - 1L));
    assertThat(read.stream().map(r -> r.partition() + "@" + r.offset()).distinct())
        .hasSize(partitions * records);
  }
}
