package org.sgsars.log.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogOffset;
import org.sgsars.log.OffsetQuery;
import org.sgsars.log.PartitionOrder;
import org.sgsars.log.TopicInfo;

/** Asks a log in memory. */
final class MemoryAdmin implements LogAdmin {
  private final MemoryLog log;
  private final Signal signal = new Signal();
  private volatile boolean closed;

  MemoryAdmin(MemoryLog log) {
    this.log = log;
    log.add(signal);
  }

  private <T> T call(Duration within, Supplier<T> call) {
    requireOpen();
    Deadline deadline = log.deadline(within);
    while (!log.faults().areBrokersThere()) {
      if (!log.waiting().forAnswer(signal, deadline)) {
        throw noAnswer(within);
      }
    }
    return call.get();
  }

  private <T> T call(Supplier<T> call) {
    return call(log.settings().adminTimeout(), call);
  }

  /** What nobody waits for does not wait for a broker either. */
  private <T> CompletionStage<T> callAsync(Supplier<T> call) {
    requireOpen();
    if (!log.faults().areBrokersThere()) {
      return CompletableFuture.failedFuture(noAnswer(log.settings().adminTimeout()));
    }
    try {
      return CompletableFuture.completedFuture(call.get());
    } catch (KafkaException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("Cannot accept new calls when AdminClient is closing.");
    }
  }

  private static TimeoutException noAnswer(Duration within) {
    return new TimeoutException(
        "Timed out waiting for a node assignment after %d ms".formatted(within.toMillis()));
  }

  @Override
  public int awaitBrokers(Duration within) {
    return call(within, () -> 1);
  }

  @Override
  public Map<String, TopicInfo> describeTopics(Collection<String> names) {
    return call(
        () -> {
          Map<String, TopicInfo> found = new TreeMap<>();
          for (String name : names) {
            log.topic(name)
                .ifPresent(
                    topic ->
                        found.put(
                            name, new TopicInfo(name, topic.id(), topic.partitions().size())));
          }
          return found;
        });
  }

  @Override
  public void createTopics(Collection<NewTopic> topics) {
    forEach(topics, log::create);
  }

  @Override
  public void deleteTopics(Collection<String> names, Duration within) {
    forEach(
        names,
        name -> {
          if (!log.delete(name)) {
            throw new UnknownTopicOrPartitionException("Topic " + name + " does not exist");
          }
        });
  }

  @FunctionalInterface
  private interface Step<T> {
    void doWith(T item);
  }

  /** Does something with all, and throws what went wrong first. */
  private <T> void forEach(Collection<T> items, Step<T> step) {
    List<KafkaException> failures =
        call(
            () -> {
              List<KafkaException> failed = new ArrayList<>();
              for (T item : items) {
                try {
                  step.doWith(item);
                } catch (KafkaException e) {
                  failed.add(e);
                }
              }
              return failed;
            });
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(String group) {
    return call(() -> log.existingGroup(group).map(Group::committed).orElseGet(Map::of));
  }

  @Override
  public CompletionStage<Void> commit(
      String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
    return callAsync(
        () -> {
          offsets.keySet().forEach(this::partition);
          log.group(group).commitFromOutside(offsets);
          return nothing();
        });
  }

  @SuppressWarnings("NullAway")
  private static Void nothing() {
    return null;
  }

  @Override
  public void deleteGroups(Collection<String> groups) {
    forEach(groups, name -> group(name).delete());
  }

  @Override
  public void removeMembers(String group) {
    Group removed = call(() -> group(group));
    removed.removeAll();
  }

  private Group group(String name) {
    return log.existingGroup(name)
        .orElseThrow(() -> new GroupIdNotFoundException("Group " + name + " not found."));
  }

  @Override
  public Map<TopicPartition, LogOffset> listOffsets(Map<TopicPartition, OffsetQuery> queries) {
    return call(
        () -> {
          Map<TopicPartition, LogOffset> found = new HashMap<>();
          queries.forEach(
              (partition, query) -> found.put(partition, partition(partition).find(query)));
          return found;
        });
  }

  @Override
  public CompletionStage<Void> deleteRecords(Map<TopicPartition, Long> beforeOffsets) {
    return callAsync(
        () -> {
          Map<TopicPartition, Long> inOrder = new TreeMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
          inOrder.putAll(beforeOffsets);
          Optional<KafkaException> failure = Optional.empty();
          for (Map.Entry<TopicPartition, Long> before : inOrder.entrySet()) {
            try {
              partition(before.getKey()).deleteBefore(before.getValue());
            } catch (KafkaException e) {
              failure = failure.or(() -> Optional.of(e));
            }
          }
          if (failure.isPresent()) {
            throw failure.get();
          }
          return nothing();
        });
  }

  private PartitionLog partition(TopicPartition partition) {
    return log.partition(partition)
        .orElseThrow(() -> new UnknownTopicOrPartitionException(partition + " does not exist"));
  }

  @Override
  public void close() {
    closed = true;
    log.remove(signal);
  }
}
