package org.sgsars.log.memory;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.log.LogClients;

/** A member of a group that records the calls of its rebalance listener. */
final class Member implements ConsumerRebalanceListener {
  final Consumer<byte[], ByteBuffer> consumer;
  final List<String> events = new ArrayList<>();

  Member(LogClients clients, String group, String topic) {
    consumer = clients.groupConsumer(group);
    consumer.subscribe(List.of(topic), this);
  }

  int poll() {
    return consumer.poll(Duration.ofDays(1)).count();
  }

  private static List<Integer> numbers(Collection<TopicPartition> partitions) {
    return partitions.stream().map(TopicPartition::partition).toList();
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    events.add("assigned " + numbers(partitions));
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    events.add("revoked " + numbers(partitions));
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    events.add("lost " + numbers(partitions));
  }
}
