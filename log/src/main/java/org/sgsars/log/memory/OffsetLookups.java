package org.sgsars.log.memory;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.log.LogOffset;
import org.sgsars.log.OffsetQuery;

/** What a consumer asks of partitions, whether they are its own or not. */
final class OffsetLookups {
  private final MemoryLog log;
  private final ConsumerCalls calls;

  OffsetLookups(MemoryLog log, ConsumerCalls calls) {
    this.log = log;
    this.calls = calls;
  }

  /** Empty if there is no such topic. */
  List<PartitionInfo> partitions(String topic, Duration timeout) {
    return calls.await(
        timeout,
        "fetching the partitions of " + topic,
        () ->
            Optional.of(
                Assignor.infos(topic, log.topic(topic).map(t -> t.partitions().size()).orElse(0))));
  }

  /** With a null for a partition without such a record, as of Kafka. */
  Map<TopicPartition, OffsetAndTimestamp> forTimes(
      Map<TopicPartition, Long> timestampsMs, Duration timeout) {
    Map<TopicPartition, OffsetAndTimestamp> result = new HashMap<>();
    offsets(
            timestampsMs.keySet(),
            partition -> OffsetQuery.forTimestamp(timestampsMs.getOrDefault(partition, 0L)),
            timeout)
        .forEach(
            (partition, found) ->
                result.put(
                    partition,
                    found.offset() == LogOffset.NONE
                        ? null
                        : new OffsetAndTimestamp(found.offset(), found.timestampMs())));
    return result;
  }

  Map<TopicPartition, Long> bounds(
      Collection<TopicPartition> partitions, OffsetQuery bound, Duration timeout) {
    Map<TopicPartition, Long> result = new HashMap<>();
    offsets(partitions, partition -> bound, timeout)
        .forEach((partition, found) -> result.put(partition, found.offset()));
    return result;
  }

  private Map<TopicPartition, LogOffset> offsets(
      Collection<TopicPartition> partitions,
      Function<TopicPartition, OffsetQuery> query,
      Duration timeout) {
    return calls.await(
        timeout,
        "looking up offsets of " + partitions,
        () -> {
          Map<TopicPartition, LogOffset> found = new HashMap<>();
          for (TopicPartition partition : partitions) {
            log.partition(partition)
                .ifPresent(in -> found.put(partition, in.find(query.apply(partition))));
          }
          return found.keySet().containsAll(partitions) ? Optional.of(found) : Optional.empty();
        });
  }
}
