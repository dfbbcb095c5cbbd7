package org.sgsars.service;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.log.PartitionOrder;

/** What happens when partitions come to an instance and go. */
final class Rebalancing implements ConsumerRebalanceListener {
  private final StageWork work;
  private final Restarts restarts;
  private final Consumer<byte[], ByteBuffer> consumer;
  private final Runnable readLetters;

  /**
   * @param readLetters reads the dead letters that were written until now
   */
  Rebalancing(
      StageWork work,
      Restarts restarts,
      Consumer<byte[], ByteBuffer> consumer,
      Runnable readLetters) {
    this.work = work;
    this.restarts = restarts;
    this.consumer = consumer;
    this.readLetters = readLetters;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      readLetters.run();
    }
    Map<TopicPartition, Assignment> fresh = new TreeMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
    for (TopicPartition partition : partitions) {
      fresh.put(partition, restarts.assignment(partition, consumer));
    }
    work.assigned(fresh);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    work.save(partitions);
    work.lost(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    work.lost(partitions);
  }
}
