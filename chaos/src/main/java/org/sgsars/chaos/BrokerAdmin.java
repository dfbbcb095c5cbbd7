package org.sgsars.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** What the harness asks of the brokers, past the network that faults cut. */
final class BrokerAdmin {
  private static final int CALL_MS = 5000;
  private static final long POLL_MS = 200;

  private final String servers;

  BrokerAdmin(String servers) {
    this.servers = servers;
  }

  private Admin admin() {
    return Admin.create(
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_MS,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_MS));
  }

  /**
   * Waits until so many brokers are there, and each partition's replicas on them have all that its
   * leader has.
   *
   * @return whether it came to that in so many milliseconds
   */
  boolean awaitInSync(int brokers, long milliseconds) throws InterruptedException {
    long by = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
    try (Admin admin = admin()) {
      while (!isInSync(admin, brokers)) {
        if (System.nanoTime() > by) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MS);
      }
      return true;
    }
  }

  /**
   * Whether a member of a group has partitions.
   *
   * @param client the member's {@code client.id}
   */
  boolean hasPartitions(String group, String client) throws InterruptedException {
    try (Admin admin = admin()) {
      return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
          .flatMap(described -> described.members().stream())
          .anyMatch(
              member ->
                  member.clientId().equals(client)
                      && !member.assignment().topicPartitions().isEmpty());
    } catch (ExecutionException e) {
      return false;
    }
  }

  /** Records that a group has committed, of all partitions together. */
  long committed(String group) throws InterruptedException {
    try (Admin admin = admin()) {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .filter(Objects::nonNull)
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    } catch (ExecutionException e) {
      return 0;
    }
  }

  private static boolean isInSync(Admin admin, int brokers) throws InterruptedException {
    try {
      Set<Integer> there = new HashSet<>();
      admin.describeCluster().nodes().get().forEach(node -> there.add(node.id()));
      return there.size() == brokers
          && topics(admin).stream()
              .flatMap(topic -> topic.partitions().stream())
              .allMatch(partition -> isInSync(partition, there));
    } catch (ExecutionException e) {
      return false;
    }
  }

  private static boolean isInSync(TopicPartitionInfo partition, Set<Integer> brokers) {
    Node leader = partition.leader();
    Set<Integer> inSync = new HashSet<>();
    partition.isr().forEach(node -> inSync.add(node.id()));
    return leader != null
        && !leader.isEmpty()
        && partition.replicas().stream()
            .map(Node::id)
            .filter(brokers::contains)
            .allMatch(inSync::contains);
  }

  private static Collection<TopicDescription> topics(Admin admin)
      throws ExecutionException, InterruptedException {
    Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    return admin.describeTopics(names).allTopicNames().get().values();
  }

  /**
   * Makes another replica of each partition its leader.
   *
   * @return whether leaders moved
   */
  boolean moveLeaders() throws InterruptedException {
    try (Admin admin = admin()) {
      Map<TopicPartition, Optional<NewPartitionReassignment>> orders = new HashMap<>();
      for (TopicDescription topic : topics(admin)) {
        for (TopicPartitionInfo partition : topic.partitions()) {
          List<Integer> order =
              new ArrayList<>(partition.replicas().stream().map(Node::id).toList());
          java.util.Collections.rotate(order, 1);
          orders.put(
              new TopicPartition(topic.name(), partition.partition()),
              Optional.of(new NewPartitionReassignment(order)));
        }
      }
      if (orders.isEmpty()) {
        return false;
      }
      admin.alterPartitionReassignments(orders).all().get();
      Map<TopicPartition, Optional<Throwable>> elected =
          admin.electLeaders(ElectionType.PREFERRED, orders.keySet()).partitions().get();
      return elected.values().stream().anyMatch(Optional::isEmpty);
    } catch (ExecutionException e) {
      return false;
    }
  }
}
