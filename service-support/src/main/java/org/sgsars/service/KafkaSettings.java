package org.sgsars.service;

import java.time.Duration;
import java.util.Map;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers {@code host:port}, several separated by commas
 * @param topicPrefix put before the name of every topic and consumer group
 * @param partitions of the topics that are made here; all topics must have the same number
 * @param replicationFactor of the topics that are made here; -1 for the broker's default
 * @param brokerWait how long to wait for the broker at the start
 * @param properties passed to every Kafka client as they are, such as {@code security.protocol}
 */
public record KafkaSettings(
    String bootstrapServers,
    String topicPrefix,
    int partitions,
    int replicationFactor,
    Duration brokerWait,
    Map<String, String> properties) {
  public KafkaSettings {
    properties = Map.copyOf(properties);
    if (partitions < 1) {
      throw new ServiceException(
          "kafka.partitions is " + partitions + "; allowed: a whole number of at least 1");
    }
  }
}
