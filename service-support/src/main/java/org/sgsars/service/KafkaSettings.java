package org.sgsars.service;

import java.time.Duration;
import java.util.Map;
import org.sgsars.failure.ServiceException;

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
  private static final int MOST_PARTITIONS = 10_000;

  /** What Kafka's protocol has room for. */
  private static final int MOST_REPLICAS = Short.MAX_VALUE;

  /**
   * @throws ServiceException if a number is not allowed
   */
  public KafkaSettings {
    properties = Map.copyOf(properties);
    if (partitions < 1 || partitions > MOST_PARTITIONS) {
      throw new ServiceException(
          "sgsars.kafka.partitions is %d; allowed: a whole number from 1 to %d"
              .formatted(partitions, MOST_PARTITIONS));
    }
    if (replicationFactor != -1 && (replicationFactor < 1 || replicationFactor > MOST_REPLICAS)) {
      throw new ServiceException(
          "sgsars.kafka.replication-factor is %d; allowed: -1 for the broker's default, or a whole number from 1 to %d"
              .formatted(replicationFactor, MOST_REPLICAS));
    }
    DurationLimits.atMostDays("sgsars.kafka.broker-wait", brokerWait, 1);
  }
}
