package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.Test;

/** What Kafka's clients are set to. */
final class KafkaClientsTest {
  private static Properties ofGroup(Map<String, String> properties) {
    return new KafkaClients(
            new KafkaSettings("127.0.0.1:1", "", 1, -1, Duration.ofSeconds(1), properties))
        .groupProperties("g");
  }

  /** Kafka's own five minutes end a membership before a large state is read. */
  @Test
  void groupProperties_statesTakeLongToRestore_memberStaysForHalfAnHour() {
    assertThat(ofGroup(Map.of()))
        .containsEntry(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 1800000);
  }

  @Test
  void groupProperties_userSetsTheInterval_isTheUsers() {
    assertThat(ofGroup(Map.of(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, "7200000")))
        .containsEntry(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, "7200000");
  }
}
