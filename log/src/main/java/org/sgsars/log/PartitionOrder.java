package org.sgsars.log;

import java.util.Comparator;
import org.apache.kafka.common.TopicPartition;

/** The order in which partitions are gone through, where their hash would decide else. */
public final class PartitionOrder {
  /** By topic, then by number, as Kafka hands partitions to rebalance listeners. */
  public static final Comparator<TopicPartition> BY_TOPIC_AND_NUMBER =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  private PartitionOrder() {}
}
