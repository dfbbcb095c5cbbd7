package org.sgsars.standalone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.log.LogClients;
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
