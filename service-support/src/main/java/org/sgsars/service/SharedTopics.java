package org.sgsars.service;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.log.TimeSource;

/** The topics that every instance of a stage reads as a whole. For one thread. */
final class SharedTopics implements AutoCloseable {
  /** Longest time to read at one go. */
  private static final Duration READING = Duration.ofMillis(100);

  /** Rejects a record that cannot be used. */
  @FunctionalInterface
  interface BadRecords {
    void reject(ConsumerRecord<?, ?> record, byte @Nullable [] key, BadRecordException why);
  }

  private final Stage stage;
  private final Topics topics;
  private final TimeSource time;
  private final BadRecords bad;
  private final Set<TopicPartition> assigned;
  private final TopicReader reader;
  private boolean rewind;

  private SharedTopics(
      Stage stage,
      PipelineLog log,
      BadRecords bad,
      Set<TopicPartition> assigned,
      TopicReader reader) {
    this.stage = stage;
    this.topics = log.topics();
    this.time = log.time();
    this.bad = bad;
    this.assigned = assigned;
    this.reader = reader;
  }

  /**
   * @param assigned the partitions of the stage's input assigned to this instance, as they come and
   *     go
   * @return empty if the stage shares nothing
   */
  static Optional<SharedTopics> of(
      Stage stage, PipelineLog log, BadRecords bad, Set<TopicPartition> assigned) {
    List<String> names = stage.sharedTopics(log.topics());
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(new SharedTopics(stage, log, bad, assigned, new TopicReader(log, names)));
  }

  /** All of it is to come again. */
  void rewind() {
    rewind = true;
  }

  /** Reads what there is, until there is nothing left or the group has to be polled again. */
  void read() {
    if (rewind) {
      reader.rewind();
      rewind = false;
    }
    long until = time.nanos() + READING.toNanos();
    while (reader.poll(Duration.ZERO, this::apply) > 0 && time.nanos() < until) {
      // On and on.
    }
    if (stage.pollRewind()) {
      rewind = true;
    }
  }

  private void apply(ConsumerRecord<String, byte[]> record) {
    try {
      stage.applyShared(
          topics, record.topic(), record.value() == null ? new byte[0] : record.value());
    } catch (WireException | RuntimeException e) {
      // All instances read it; the one that has the input's partition of that number says so.
      if (assigned.stream().anyMatch(p -> p.partition() == record.partition())) {
        bad.reject(
            record,
            record.key() == null ? null : record.key().getBytes(StandardCharsets.UTF_8),
            BadRecordException.unattributed(String.valueOf(e.getMessage())).because(e));
      }
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
