package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
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

  private static Map<String, String> properties(Kind kind) {
    Map<String, String> properties = new HashMap<>();
    // By its heartbeat a member learns that others have come or gone.
    properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "100");
    switch (kind) {
      case EAGER -> {}
      case COOPERATIVE ->
          properties.put(
              ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
              CooperativeStickyAssignor.class.getName());
      case IMPATIENT -> properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, "1000");
    }
    return properties;
  }
}
