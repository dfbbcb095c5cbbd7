package org.sgsars.service;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeleteTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogOffset;
import org.sgsars.log.OffsetQuery;
import org.sgsars.log.TopicInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a Kafka cluster. */
final class KafkaLogAdmin implements LogAdmin {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaLogAdmin.class);

  /** Kafka's client says by itself that its time is over, a little later. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Admin admin;

  /**
   * @param admin closed with this
   */
  KafkaLogAdmin(Admin admin) {
    this.admin = admin;
  }

  @Override
  public int awaitBrokers(Duration within) {
    // Kafka's own limit is another, and would end the wait before.
    DescribeClusterOptions options = new DescribeClusterOptions().timeoutMs(millis(within));
    return get(admin.describeCluster(options).nodes(), within).size();
  }

  private static int millis(Duration within) {
    return Math.toIntExact(within.toMillis());
  }

  @Override
  public Map<String, TopicInfo> describeTopics(Collection<String> names) {
    Map<String, TopicInfo> found = new HashMap<>();
    admin
        .describeTopics(names)
        .topicNameValues()
        .forEach(
            (name, description) -> {
              try {
                TopicDescription topic = get(description);
                found.put(name, new TopicInfo(name, topic.topicId(), topic.partitions().size()));
              } catch (UnknownTopicOrPartitionException e) {
                LOG.debug("There is no topic {}", name);
              }
            });
    return found;
  }

  @Override
  public void createTopics(Collection<NewTopic> topics) {
    admin
        .createTopics(topics)
        .values()
        .forEach(
            (name, created) -> {
              try {
                get(created);
              } catch (TopicExistsException e) {
                // Somebody else may create it at the same time.
                LOG.debug("Topic {} is there already", name);
              }
            });
  }

  @Override
  public void deleteTopics(Collection<String> names, Duration within) {
    DeleteTopicsOptions options = new DeleteTopicsOptions().timeoutMs(millis(within));
    get(admin.deleteTopics(names, options).all(), within);
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(String group) {
    Map<TopicPartition, OffsetAndMetadata> committed =
        new HashMap<>(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
    committed.values().removeIf(commit -> commit == null);
    return committed;
  }

  @Override
  public CompletionStage<Void> commit(
      String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
    return admin.alterConsumerGroupOffsets(group, offsets).all().toCompletionStage();
  }

  @Override
  public void deleteGroups(Collection<String> groups) {
    get(admin.deleteConsumerGroups(groups).all());
  }

  @Override
  public void removeMembers(String group) {
    // Kafka's client refuses to remove nobody.
    if (get(admin.describeConsumerGroups(List.of(group)).all()).values().stream()
        .allMatch(described -> described.members().isEmpty())) {
      return;
    }
    get(
        admin
            .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
            .all());
  }

  @Override
  public Map<TopicPartition, LogOffset> listOffsets(Map<TopicPartition, OffsetQuery> queries) {
    Map<TopicPartition, OffsetSpec> specs = new HashMap<>();
    queries.forEach((partition, query) -> specs.put(partition, spec(query)));
    Map<TopicPartition, LogOffset> found = new HashMap<>();
    get(admin.listOffsets(specs).all())
        .forEach(
            (partition, answer) ->
                found.put(partition, new LogOffset(answer.offset(), answer.timestamp())));
    return found;
  }

  private static OffsetSpec spec(OffsetQuery query) {
    if (query instanceof OffsetQuery.Since since) {
      return OffsetSpec.forTimestamp(since.timestampMs());
    }
    return switch ((OffsetQuery.Bound) query) {
      case EARLIEST -> OffsetSpec.earliest();
      case LATEST -> OffsetSpec.latest();
      case MAX_TIMESTAMP -> OffsetSpec.maxTimestamp();
    };
  }

  @Override
  public CompletionStage<Void> deleteRecords(Map<TopicPartition, Long> beforeOffsets) {
    Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
    beforeOffsets.forEach(
        (partition, offset) -> records.put(partition, RecordsToDelete.beforeOffset(offset)));
    return admin.deleteRecords(records).all().toCompletionStage();
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  /** Waits for an answer as long as Kafka's client does. */
  private static <T> T get(KafkaFuture<T> future) {
    return LogAdmin.await(future.toCompletionStage());
  }

  private static <T> T get(KafkaFuture<T> future, Duration within) {
    try {
      return future.get(within.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw LogAdmin.failure(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException("No answer after %d ms".formatted(within.toMillis()), e);
    }
  }
}
