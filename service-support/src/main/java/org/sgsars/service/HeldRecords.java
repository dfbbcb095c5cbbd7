package org.sgsars.service;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.sgsars.service.PartitionWorker.Waiting;

/**
 * Records of one partition that wait for shared records, layer by layer, while the others of the
 * partition go on.
 *
 * <p>While records wait, the partition is paused at first, as more would only pile up. But what
 * they wait for may depend on records behind: so after a second reading resumes, and what has no
 * room here is read again later.
 */
final class HeldRecords {
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  /** Between two checks whether the run was aborted. */
  private static final long ABANDON_CHECK_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long MOST_BYTES = 64L << 20;
  private static final long NONE = Long.MAX_VALUE;

  private static final class Queue {
    final Deque<ConsumerRecord<byte[], ByteBuffer>> records = new ArrayDeque<>();

    /** Records from this offset on are not here. */
    long rereadFrom = NONE;
  }

  private final Map<Waiting, Queue> queues = new LinkedHashMap<>();
  private long bytes;
  private long rereadFrom = NONE;
  private long lastResumed;
  private long lastAbandonCheck;

  boolean isEmpty() {
    return queues.isEmpty();
  }

  List<Waiting> all() {
    return List.copyOf(queues.keySet());
  }

  /** Offset of the first record that waits. */
  OptionalLong first() {
    return queues.values().stream().mapToLong(queue -> queue.records.getFirst().offset()).min();
  }

  /** Adds a record; one that is here already, and was read again, changes nothing. */
  void hold(Waiting waiting, ConsumerRecord<byte[], ByteBuffer> record, long now) {
    if (queues.isEmpty()) {
      resumed(now);
    }
    Queue queue = queues.computeIfAbsent(waiting, w -> new Queue());
    boolean isHere =
        !queue.records.isEmpty() && record.offset() <= queue.records.getLast().offset();
    if (isHere || record.offset() >= queue.rereadFrom) {
      return;
    }
    if (!queue.records.isEmpty() && bytes > MOST_BYTES) {
      queue.rereadFrom = record.offset();
      return;
    }
    queue.records.add(alone(record));
    bytes += size(record);
  }

  /** A copy that does not keep all that was fetched with it. */
  private static ConsumerRecord<byte[], ByteBuffer> alone(ConsumerRecord<byte[], ByteBuffer> of) {
    ByteBuffer value = of.value();
    return new ConsumerRecord<>(
        of.topic(),
        of.partition(),
        of.offset(),
        of.timestamp(),
        of.timestampType(),
        of.serializedKeySize(),
        of.serializedValueSize(),
        of.key(),
        value == null
            ? value
            : ByteBuffer.allocate(value.remaining()).put(value.duplicate()).flip(),
        of.headers(),
        of.leaderEpoch());
  }

  /** The first record of those that wait together. */
  Optional<ConsumerRecord<byte[], ByteBuffer>> next(Waiting waiting) {
    Queue queue = queues.get(waiting);
    return queue == null ? Optional.empty() : Optional.of(queue.records.getFirst());
  }

  /** The first record of those that wait together is done. */
  void remove(ConsumerRecord<byte[], ByteBuffer> record, Waiting waiting) {
    Queue queue = Objects.requireNonNull(queues.get(waiting));
    queue.records.removeFirst();
    bytes -= size(record);
    if (queue.records.isEmpty()) {
      queues.remove(waiting);
      rereadFrom = Math.min(rereadFrom, queue.rereadFrom);
    }
  }

  void abandon(Waiting waiting) {
    Queue queue = queues.remove(waiting);
    if (queue != null) {
      queue.records.forEach(record -> bytes -= size(record));
    }
  }

  private static long size(ConsumerRecord<byte[], ByteBuffer> record) {
    return Math.max(0, record.serializedValueSize());
  }

  /** Where to read again, as records from there on found no room here; returned once. */
  OptionalLong pollRereadOffset() {
    long from = rereadFrom;
    if (from == NONE) {
      return OptionalLong.empty();
    }
    rereadFrom = NONE;
    for (Queue queue : queues.values()) {
      queue.rereadFrom = queue.rereadFrom >= from ? NONE : queue.rereadFrom;
    }
    return OptionalLong.of(from);
  }

  /** Some of the records were processed. */
  void resumed(long now) {
    lastResumed = now;
    lastAbandonCheck = now;
  }

  boolean isPaused(long now) {
    return !queues.isEmpty() && now - lastResumed < PAUSE_NANOS;
  }

  /** Whether it is time to check if the runs of what waits were aborted. */
  boolean isAbandonCheckDue(long now) {
    if (queues.isEmpty() || now - lastAbandonCheck < ABANDON_CHECK_NANOS) {
      return false;
    }
    lastAbandonCheck = now;
    return true;
  }
}
