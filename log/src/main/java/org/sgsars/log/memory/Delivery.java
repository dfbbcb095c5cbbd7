package org.sgsars.log.memory;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A record on its way from a producer into the log and back. Its lane guards what changes. */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
  private static final long NONE = -1;

  private final MemoryProducer producer;
  private final long number;
  private final TopicPartition partition;
  private final StoredRecord record;
  private final Fate fate;
  private final long deadlineNanos;
  private final @Nullable Callback callback;
  private final Result result = new Result();
  private volatile boolean released;
  private long offset = NONE;

  /**
   * @param number by which records are ordered that several producers send
   */
  Delivery(
      MemoryProducer producer,
      long number,
      TopicPartition partition,
      StoredRecord record,
      Fate fate,
      long deadlineNanos,
      @Nullable Callback callback) {
    this.producer = producer;
    this.number = number;
    this.partition = partition;
    this.record = record;
    this.fate = fate;
    this.deadlineNanos = deadlineNanos;
    this.callback = callback;
  }

  long number() {
    return number;
  }

  TopicPartition partition() {
    return partition;
  }

  CompletableFuture<RecordMetadata> result() {
    return result;
  }

  long sizeBytes() {
    return record.sizeBytes();
  }

  void release() {
    released = released || fate.waitsForRelease();
  }

  boolean isWaitingForRelease() {
    return fate.waitsForRelease() && !released;
  }

  boolean isExpired(long nowNanos) {
    return deadlineNanos - nowNanos <= 0;
  }

  boolean isInLog() {
    return offset != NONE;
  }

  boolean mayComeIntoLog() {
    return fate.isInLogAtOnce() || released;
  }

  boolean mayBeAcknowledged() {
    return isInLog() && (fate.isAcknowledgedAtOnce() || released);
  }

  void append(PartitionLog log) {
    offset = log.append(record);
    if (fate == Fate.DUPLICATED) {
      log.append(record);
    }
  }

  /** Tells the sender that it is in the log. */
  void acknowledge() {
    RecordMetadata metadata = metadata(offset, record.timestampMs());
    call(metadata, null);
    result.complete(metadata);
  }

  /** Tells the sender that it has failed. */
  void fail(RuntimeException cause) {
    call(metadata(NONE, NONE), cause);
    result.completeExceptionally(cause);
  }

  private RecordMetadata metadata(long at, long timestampMs) {
    return new RecordMetadata(
        partition,
        at,
        0,
        timestampMs,
        StoredRecord.bytesOf(record.key()),
        StoredRecord.bytesOf(record.value()));
  }

  private void call(RecordMetadata metadata, @Nullable RuntimeException cause) {
    if (callback == null) {
      return;
    }
    try {
      callback.onCompletion(metadata, cause);
    } catch (RuntimeException e) {
      // As Kafka's sender does: the other records are not to suffer.
      LOG.error("The callback of a record for {} failed", partition, e);
    }
  }

  /** What the sender may wait for. */
  private final class Result extends CompletableFuture<RecordMetadata> {
    @Override
    public RecordMetadata get() throws InterruptedException, ExecutionException {
      producer.await(this, Deadline.never(producer.time()));
      return super.get();
    }

    @Override
    public RecordMetadata get(long timeout, TimeUnit unit)
        throws InterruptedException, ExecutionException, TimeoutException {
      producer.await(
          this, Deadline.in(producer.time(), java.time.Duration.of(timeout, unit.toChronoUnit())));
      return super.get(0, unit);
    }
  }
}
