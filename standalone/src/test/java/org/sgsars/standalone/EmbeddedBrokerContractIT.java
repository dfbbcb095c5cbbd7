package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogClients;
import org.sgsars.service.FailStopProducer;
import org.sgsars.service.KafkaClients;
import org.sgsars.service.KafkaSettings;

/** Kafka itself is as {@link LogContract} says. */
final class EmbeddedBrokerContractIT extends LogContract {
  private static @Nullable EmbeddedBroker broker;

  @BeforeAll
  static void start(@TempDir Path folder) {
    broker = EmbeddedBroker.start(folder, failure -> {});
  }

  @AfterAll
  static void stop() {
    EmbeddedBroker started = broker;
    if (started != null) {
      started.close();
    }
  }

  @Override
  LogClients clients(Kind kind) {
    EmbeddedBroker started = broker;
    if (started == null) {
      throw new IllegalStateException("The broker is not started");
    }
    KafkaSettings settings =
        new KafkaSettings(
            started.bootstrapServers(), "", 1, -1, Duration.ofSeconds(15), properties(kind));
    return new KafkaClients(settings);
  }

  /** Repeated, as the producer sends by a thread of its own. */
  @RepeatedTest(20)
  void failStopProducer_theBrokerRejectsARecord_nothingBehindItIsInTheLog() throws Exception {
    String topic =
        newTopic(
            Kind.EAGER,
            1,
            Map.of(
                TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG,
                Long.toString(Duration.ofHours(1).toMillis())));
    FailStopProducer producer =
        new FailStopProducer(clients().producer(Duration.ZERO), "nobody can send");
    producer.sendAndWait(new ProducerRecord<>(topic, 0, "key", bytes("a")));

    assertThatThrownBy(
            () -> {
              producer.send(new ProducerRecord<>(topic, 0, 0L, "key", bytes("old")), sent -> {});
              for (int i = 0; i < 100; i++) {
                producer.send(new ProducerRecord<>(topic, 0, "key", bytes("b")), sent -> {});
              }
              producer.flush();
            })
        .isInstanceOf(ServiceException.class)
        .hasMessageStartingWith("nobody can send: ");

    producer.close();
    TopicPartition partition = new TopicPartition(topic, 0);
    assertThat(reader().endOffsets(List.of(partition))).containsEntry(partition, 1L);
  }

  /** What comes to a member and goes, in the order of the calls. */
  private static final class Moves implements ConsumerRebalanceListener {
    private final List<String> said = new ArrayList<>();

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      note("+", partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      note("-", partitions);
    }

    private void note(String what, Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        said.add(what + partitions.size());
      }
    }
  }

  private Consumer<byte[], ByteBuffer> instance(String group, String name) {
    Map<String, String> properties = properties(Kind.COOPERATIVE);
    properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, name);
    EmbeddedBroker started = broker;
    if (started == null) {
      throw new IllegalStateException("The broker is not started");
    }
    return opened(
        new KafkaClients(
                new KafkaSettings(
                    started.bootstrapServers(), "", 1, -1, Duration.ofSeconds(15), properties))
            .groupConsumer(group));
  }

  /** Polls all until each has so many partitions. */
  private static void await(int each, List<Consumer<byte[], ByteBuffer>> members) {
    Awaitility.await("partitions for all")
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              for (Consumer<byte[], ByteBuffer> member : members) {
                member.poll(Duration.ofMillis(20));
              }
              return members.stream().allMatch(m -> m.assignment().size() == each);
            });
  }

  @Test
  void groupConsumer_anotherJoins_givesAwayOnlyWhatMoves() {
    String topic = newTopic(4);
    String group = newName();
    Consumer<byte[], ByteBuffer> first = opened(clients(Kind.COOPERATIVE).groupConsumer(group));
    Moves moves = new Moves();
    first.subscribe(List.of(topic), moves);
    await(4, List.of(first));
    Consumer<byte[], ByteBuffer> second = opened(clients(Kind.COOPERATIVE).groupConsumer(group));
    second.subscribe(List.of(topic));

    await(2, List.of(first, second));

    assertThat(moves.said).containsExactly("+4", "-2");
  }

  @Test
  void groupConsumer_namedInstanceComesBack_hasItsPartitionsAndDisturbsNobody() {
    String topic = newTopic(4);
    String group = newName();
    Consumer<byte[], ByteBuffer> first = instance(group, "first");
    Consumer<byte[], ByteBuffer> second = instance(group, "second");
    Moves moves = new Moves();
    first.subscribe(List.of(topic));
    second.subscribe(List.of(topic), moves);
    await(2, List.of(first, second));
    Set<TopicPartition> before = first.assignment();
    moves.said.clear();
    first.close();

    Consumer<byte[], ByteBuffer> again = instance(group, "first");
    again.subscribe(List.of(topic));
    await(2, List.of(again, second));

    assertThat(again.assignment()).isEqualTo(before);
    assertThat(moves.said).isEmpty();
  }

  private static Map<String, String> properties(Kind kind) {
    Map<String, String> properties = new HashMap<>();
    // By its heartbeat a member learns that others have come or gone.
    properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "100");
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName());
    switch (kind) {
      case EAGER -> {}
      // As the services have it.
      case COOPERATIVE -> properties.remove(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);
      case IMPATIENT -> properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, "1000");
    }
    return properties;
  }
}
