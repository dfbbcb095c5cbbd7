package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;

/** What the cases of {@link LogContract} are made of. Each has topics and groups of its own. */
abstract class LogFixture {
  /** How clients are configured. */
  enum Kind {
    EAGER,
    COOPERATIVE,
    /** As eager; a member that is not polled for a second is out of its group. */
    IMPATIENT
  }

  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** One poll, where several members are polled in turn. */
  private static final Duration STEP = Duration.ofMillis(10);

  private final List<AutoCloseable> opened = new ArrayList<>();

  /** Clients of the log under test. */
  abstract LogClients clients(Kind kind);

  final LogClients clients() {
    return clients(Kind.EAGER);
  }

  @AfterEach
  final void closeClients() throws Exception {
    for (AutoCloseable client : opened) {
      client.close();
    }
  }

  /** Closes it after the test. */
  final <T extends AutoCloseable> T opened(T client) {
    opened.add(client);
    return client;
  }

  static String newName() {
    return "contract-" + NAMES.incrementAndGet();
  }

  final LogAdmin admin() {
    return admin(Kind.EAGER);
  }

  final LogAdmin admin(Kind kind) {
    return opened(clients(kind).admin());
  }

  final Producer<String, byte[]> producer() {
    return opened(clients().producer(Duration.ZERO));
  }

  final Consumer<String, byte[]> reader() {
    return opened(clients().readAllConsumer());
  }

  /** A consumer that reads one partition. */
  final Consumer<String, byte[]> reader(TopicPartition partition) {
    Consumer<String, byte[]> reader = reader();
    reader.assign(List.of(partition));
    return reader;
  }

  final String newTopic(int partitions) {
    return newTopic(Kind.EAGER, partitions, Map.of());
  }

  final String newTopic(Kind kind, int partitions, Map<String, String> configs) {
    String name = newName();
    LogAdmin admin = admin(kind);
    admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)));
    await("topic " + name, () -> admin.describeTopics(List.of(name)).containsKey(name));
    return name;
  }

  final TopicPartition newPartition() {
    return new TopicPartition(newTopic(1), 0);
  }

  /** Sends records with these values and waits for them. */
  final void send(TopicPartition to, String... values) {
    send(Kind.EAGER, to, values);
  }

  final void send(Kind kind, TopicPartition to, String... values) {
    try (Producer<String, byte[]> producer = clients(kind).producer(Duration.ZERO)) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(to.topic(), to.partition(), "key", bytes(value)));
      }
    }
  }

  /** Sends a record for each timestamp. */
  final void sendAt(TopicPartition to, long... timestampsMs) {
    try (Producer<String, byte[]> producer = clients().producer(Duration.ZERO)) {
      for (long at : timestampsMs) {
        producer.send(
            new ProducerRecord<>(to.topic(), to.partition(), at, "key", bytes("at " + at)));
      }
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(ConsumerRecord<?, byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  static String text(ByteBuffer value) {
    return StandardCharsets.UTF_8.decode(value.duplicate()).toString();
  }

  /** Polls until so many records have come. */
  static <K, V> List<ConsumerRecord<K, V>> read(Consumer<K, V> consumer, int count) {
    List<ConsumerRecord<K, V>> records = new ArrayList<>();
    await(
        count + " records",
        () -> {
          consumer.poll(STEP).forEach(records::add);
          return records.size() >= count;
        });
    assertThat(records).hasSize(count);
    return records;
  }

  static List<String> texts(List<ConsumerRecord<String, byte[]>> records) {
    return records.stream().map(LogFixture::text).toList();
  }

  /** Waits for a condition that does itself what it waits for. */
  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Waited in vain for " + what);
      }
      Thread.onSpinWait();
    }
  }

  /** Polls members in turn until something is so. */
  static void pollUntil(String what, BooleanSupplier condition, Member... members) {
    await(
        what,
        () -> {
          for (Member member : members) {
            member.poll();
          }
          return condition.getAsBoolean();
        });
  }

  /** Polls members in turn until each has so many partitions. */
  static void pollUntilEachHas(int partitions, Member... members) {
    pollUntil(
        "%d members with %d partitions each".formatted(members.length, partitions),
        () ->
            List.of(members).stream()
                .allMatch(member -> member.consumer.assignment().size() == partitions),
        members);
  }

  final Member member(Kind kind, String group, String topic) {
    return opened(new Member(clients(kind).groupConsumer(group), topic));
  }

  /** A member of a group that records the calls of its rebalance listener. */
  static final class Member implements ConsumerRebalanceListener, AutoCloseable {
    final Consumer<byte[], ByteBuffer> consumer;

    /** Such as {@code assigned [0, 1]}, with the numbers of the partitions. */
    final List<String> events = new ArrayList<>();

    final List<String> values = new ArrayList<>();

    /** What else is done when partitions are assigned, and when they are revoked. */
    java.util.function.Consumer<Collection<TopicPartition>> onAssigned = partitions -> {};

    java.util.function.Consumer<Collection<TopicPartition>> onRevoked = partitions -> {};

    private boolean closed;

    private Member(Consumer<byte[], ByteBuffer> consumer, String topic) {
      this.consumer = consumer;
      consumer.subscribe(List.of(topic), this);
    }

    void poll() {
      consumer.poll(STEP).forEach(record -> values.add(text(record.value())));
    }

    private static List<Integer> numbers(Collection<TopicPartition> partitions) {
      return partitions.stream().map(TopicPartition::partition).toList();
    }

    List<Integer> partitions() {
      return numbers(consumer.assignment()).stream().sorted().toList();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      events.add("assigned " + numbers(partitions));
      onAssigned.accept(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      events.add("revoked " + numbers(partitions));
      onRevoked.accept(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      events.add("lost " + numbers(partitions));
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        consumer.close();
      }
    }
  }
}
