package org.sgsars.log.memory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import org.sgsars.log.OffsetQuery;

/** A consumer of a log in memory. For one thread, which it checks; {@link #wakeup} is for any. */
final class MemoryConsumer<K, V> extends ConsumerBase<K, V> {
  /** Of all records but the first that one poll gives, as of Kafka's fetches. */
  private static final long POLL_BYTES = 32 << 20;

  private final MemoryLog log;
  private final Optional<Group> group;
  private final Decoder<K, V> decoder;
  private final Signal signal = new Signal();
  private final ConsumerCalls calls;
  private final OffsetLookups lookups;
  private final Positions positions;
  private final Deque<Runnable> commitCallbacks = new ArrayDeque<>();
  private @Nullable Membership membership;
  private boolean isAssignedByHand;

  MemoryConsumer(MemoryLog log, Optional<Group> group, Decoder<K, V> decoder) {
    super(log.settings().callTimeout());
    this.log = log;
    this.group = group;
    this.decoder = decoder;
    this.positions = new Positions(log, group, signal);
    this.calls = new ConsumerCalls(log, signal);
    this.lookups = new OffsetLookups(log, calls);
    log.add(signal);
  }

  /** Its process is gone, and with it the heartbeats of its session. */
  void crash() {
    Membership member = membership;
    if (member != null) {
      group.ifPresent(of -> of.crash(member.memberId()));
    }
  }

  @Override
  public Set<TopicPartition> assignment() {
    return calls.call(positions::assignment);
  }

  @Override
  public Set<String> subscription() {
    return calls.call(() -> membership == null ? Set.of() : Set.copyOf(membership.topics()));
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener callback) {
    calls.run(
        () -> {
          Group of = requireGroup();
          if (isAssignedByHand) {
            throw exclusive();
          }
          if (topics.isEmpty()) {
            unsubscribe();
          } else if (membership == null) {
            membership =
                new Membership(
                    of, log.settings().cooperative(), positions, signal, topics, callback);
          } else {
            membership = membership.with(topics, callback);
          }
        });
  }

  @Override
  public void assign(Collection<TopicPartition> partitions) {
    calls.run(
        () -> {
          if (membership != null) {
            throw exclusive();
          }
          positions.assign(partitions);
          isAssignedByHand = !partitions.isEmpty();
        });
  }

  private static IllegalStateException exclusive() {
    return new IllegalStateException(
        "Subscription to topics, partitions and pattern are mutually exclusive");
  }

  private Group requireGroup() {
    return group.orElseThrow(
        () ->
            new InvalidGroupIdException(
                "To use the group management or offset commit APIs, you must provide a valid group.id in the consumer configuration."));
  }

  @Override
  public void unsubscribe() {
    calls.run(
        () -> {
          try {
            if (membership != null) {
              membership.leave(log.faults().areBrokersThere());
            }
          } finally {
            membership = null;
            positions.assign(List.of());
            isAssignedByHand = false;
          }
        });
  }

  @Override
  public ConsumerRecords<K, V> poll(Duration timeout) {
    return calls.call(
        () -> {
          if (membership == null && !isAssignedByHand) {
            throw new IllegalStateException(
                "Consumer is not subscribed to any topics or assigned any partitions");
          }
          Deadline deadline = log.deadline(timeout);
          do {
            calls.throwWakeup();
            callBack();
            if (log.faults().areBrokersThere()) {
              if (membership != null) {
                membership.poll();
              }
              List<Positions.Run> read =
                  positions.read(log.settings().maxPollRecords(), POLL_BYTES);
              if (!read.isEmpty()) {
                return records(read);
              }
            }
          } while (log.waiting().forRecords(signal, deadline));
          return ConsumerRecords.empty();
        });
  }

  private ConsumerRecords<K, V> records(List<Positions.Run> read) {
    Map<TopicPartition, List<ConsumerRecord<K, V>>> records = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new LinkedHashMap<>();
    for (Positions.Run run : read) {
      List<ConsumerRecord<K, V>> decoded = new ArrayList<>(run.records().size());
      for (StoredRecord record : run.records()) {
        decoded.add(decoder.decode(run.partition(), run.first() + decoded.size(), record));
      }
      records.put(run.partition(), decoded);
      next.put(run.partition(), new OffsetAndMetadata(run.first() + decoded.size()));
    }
    return new ConsumerRecords<>(records, next);
  }

  private void callBack() {
    while (!commitCallbacks.isEmpty()) {
      commitCallbacks.remove().run();
    }
  }

  @Override
  Map<TopicPartition, OffsetAndMetadata> allConsumed() {
    return calls.call(positions::all);
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    calls.run(
        () -> {
          requireGroup();
          callBack();
          if (!offsets.isEmpty()) {
            Map<TopicPartition, OffsetAndMetadata> copy = Map.copyOf(offsets);
            calls.await(
                timeout,
                "committing offsets " + copy,
                () -> {
                  commit(copy);
                  return Optional.of(copy);
                });
          }
        });
  }

  private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    for (TopicPartition partition : offsets.keySet()) {
      if (log.partition(partition).isEmpty()) {
        throw new KafkaException("Topic or Partition " + partition + " does not exist");
      }
    }
    if (membership != null) {
      membership.commit(offsets);
      return;
    }
    try {
      requireGroup().commitFromOutside(offsets);
    } catch (UnknownMemberIdException e) {
      throw new CommitFailedException();
    }
  }

  @Override
  public void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
    calls.run(
        () -> {
          requireGroup();
          Exception failure = null;
          if (log.faults().areBrokersThere()) {
            try {
              commit(Map.copyOf(offsets));
            } catch (KafkaException e) {
              failure = e;
            }
          } else {
            failure =
                new RetriableCommitFailedException(
                    "Offset commit failed with a retriable exception. You should retry committing the latest consumed offsets.");
          }
          Exception result = failure;
          if (callback != null) {
            commitCallbacks.add(() -> callback.onComplete(offsets, result));
          }
        });
  }

  @Override
  public void seek(TopicPartition partition, long offset) {
    calls.run(() -> positions.seek(partition, offset));
  }

  @Override
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    calls.run(() -> positions.seekToBeginning(partitions));
  }

  @Override
  public void seekToEnd(Collection<TopicPartition> partitions) {
    calls.run(() -> positions.seekToEnd(partitions));
  }

  @Override
  public long position(TopicPartition partition, Duration timeout) {
    return calls.call(
        () -> {
          if (!positions.isAssigned(partition)) {
            throw new IllegalStateException(
                "You can only check the position for partitions assigned to this consumer.");
          }
          OptionalLong known = positions.known(partition);
          return known.isPresent()
              ? known.getAsLong()
              : calls.await(
                  timeout,
                  "determining the position of " + partition,
                  () -> boxed(positions.position(partition)));
        });
  }

  private static Optional<Long> boxed(OptionalLong value) {
    return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> partitions, Duration timeout) {
    Group of = requireGroup();
    return calls.await(
        timeout,
        "fetching the committed offsets of " + partitions,
        () -> {
          // As Kafka does: with a null where there is none.
          Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
          partitions.forEach(p -> found.put(p, of.committed(p).orElse(null)));
          return Optional.of(found);
        });
  }

  @Override
  public Set<TopicPartition> paused() {
    return calls.call(positions::paused);
  }

  @Override
  public void pause(Collection<TopicPartition> partitions) {
    calls.run(() -> positions.pause(partitions));
  }

  @Override
  public void resume(Collection<TopicPartition> partitions) {
    calls.run(() -> positions.resume(partitions));
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
    return lookups.partitions(topic, timeout);
  }

  @Override
  public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
      Map<TopicPartition, Long> timestampsToSearch, Duration timeout) {
    return lookups.forTimes(timestampsToSearch, timeout);
  }

  @Override
  public Map<TopicPartition, Long> beginningOffsets(
      Collection<TopicPartition> partitions, Duration timeout) {
    return lookups.bounds(partitions, OffsetQuery.earliest(), timeout);
  }

  @Override
  public Map<TopicPartition, Long> endOffsets(
      Collection<TopicPartition> partitions, Duration timeout) {
    return lookups.bounds(partitions, OffsetQuery.latest(), timeout);
  }

  @Override
  public OptionalLong currentLag(TopicPartition partition) {
    return calls.call(() -> positions.lag(partition));
  }

  @Override
  public void enforceRebalance(String reason) {
    calls.run(
        () -> {
          requireGroup();
          Membership member = membership;
          if (member != null) {
            member.requestRebalance();
          }
        });
  }

  @Override
  public void wakeup() {
    calls.wakeup();
  }

  @Override
  public void close(CloseOptions options) {
    if (calls.isClosed()) {
      return;
    }
    calls.run(
        () -> {
          try {
            callBack();
            unsubscribe();
          } finally {
            calls.close();
            log.remove(signal);
          }
        });
  }
}
