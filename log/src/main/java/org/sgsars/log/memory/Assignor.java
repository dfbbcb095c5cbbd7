package org.sgsars.log.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Divides partitions among the members of a group, by Kafka's own assignors. */
final class Assignor {
  private static final Node NODE = new Node(1, "memory", 0);
  private static final Node[] REPLICAS = {NODE};

  /**
   * What a member says when it joins.
   *
   * @param ownedGeneration in which it got what it owns; -1 for none
   */
  record Joining(List<String> topics, List<TopicPartition> owned, int ownedGeneration) {}

  private final boolean cooperative;

  /** How many partitions a topic has; 0 if there is no such topic. */
  private final ToIntFunction<String> partitions;

  Assignor(boolean cooperative, ToIntFunction<String> partitions) {
    this.cooperative = cooperative;
    this.partitions = partitions;
  }

  /** Partitions by member, in no particular order. */
  Map<String, List<TopicPartition>> assign(Map<String, Joining> members) {
    Map<String, Subscription> subscriptions = new TreeMap<>();
    Map<String, Integer> topics = new TreeMap<>();
    members.forEach(
        (id, joining) -> {
          subscriptions.put(
              id,
              new Subscription(
                  joining.topics(),
                  null,
                  joining.owned(),
                  joining.ownedGeneration(),
                  Optional.empty()));
          joining.topics().forEach(topic -> topics.put(topic, partitions.applyAsInt(topic)));
        });
    ConsumerPartitionAssignor assignor =
        cooperative ? new CooperativeStickyAssignor() : new RangeAssignor();
    Map<String, Assignment> assigned =
        assignor.assign(cluster(topics), new GroupSubscription(subscriptions)).groupAssignment();
    Map<String, List<TopicPartition>> result = new HashMap<>();
    assigned.forEach((id, assignment) -> result.put(id, assignment.partitions()));
    return result;
  }

  private static Cluster cluster(Map<String, Integer> topics) {
    List<PartitionInfo> infos = new ArrayList<>();
    topics.forEach((topic, count) -> infos.addAll(infos(topic, count)));
    return new Cluster("memory", List.of(NODE), infos, Set.of(), Set.of());
  }

  /** A topic's partitions as clients are told of them. */
  static List<PartitionInfo> infos(String topic, int count) {
    List<PartitionInfo> infos = new ArrayList<>();
    for (int partition = 0; partition < count; partition++) {
      infos.add(new PartitionInfo(topic, partition, NODE, REPLICAS, REPLICAS));
    }
    return infos;
  }
}
