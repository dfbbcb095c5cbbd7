package org.sgsars.log.memory;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.sgsars.log.PartitionOrder;
import org.sgsars.log.TimeSource;

/** An idempotent producer of a log in memory. For any thread. */
final class MemoryProducer implements Producer<String, byte[]> {
  /** Of records that are not acknowledged; more of them make senders wait. */
  private static final long BUFFER_BYTES = 64 << 20;

  private static final int NONE = -1;

  private final MemoryLog log;
  private final TimeSource clock;
  private final Signal signal = new Signal();
  private final Callbacks callbacks = new Callbacks();
  private final Map<TopicPartition, Lane> lanes =
      new ConcurrentSkipListMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
  private final AtomicLong buffered = new AtomicLong();
  private volatile boolean closed;

  /**
   * @param clock gives the records' timestamps
   */
  MemoryProducer(MemoryLog log, TimeSource clock) {
    this.log = log;
    this.clock = clock;
    log.add(signal);
    log.faults().add(this);
  }

  TimeSource time() {
    return log.time();
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record) {
    return send(record, null);
  }

  @Override
  public Future<RecordMetadata> send(
      ProducerRecord<String, byte[]> record, @Nullable Callback callback) {
    if (buffered.get() > 0) {
      advance();
    }
    requireOpen();
    try {
      return deliver(record, callback);
    } catch (ApiException e) {
      if (callback != null) {
        Integer partition = record.partition();
        callback.onCompletion(
            new RecordMetadata(
                new TopicPartition(
                    record.topic(),
                    partition == null ? RecordMetadata.UNKNOWN_PARTITION : partition),
                NONE,
                0,
                NONE,
                NONE,
                NONE),
            e);
      }
      return CompletableFuture.failedFuture(e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("Cannot perform operation after producer has been closed");
    }
  }

  private Future<RecordMetadata> deliver(
      ProducerRecord<String, byte[]> record, @Nullable Callback callback) {
    Deadline deadline = log.deadline(log.settings().callTimeout());
    TopicPartition partition = partition(record, deadline);
    StoredRecord stored = StoredRecord.of(record, clock.millis());
    requireFitting(record.topic(), stored);
    awaitRoom(stored.sizeBytes(), deadline);
    // A callback may have closed it meanwhile.
    requireOpen();
    Delivery delivery =
        new Delivery(
            this,
            log.faults().nextNumber(),
            partition,
            stored,
            log.faults().fate(record),
            log.time().nanos() + Deadline.nanos(log.settings().deliveryTimeout()),
            callback);
    buffered.addAndGet(delivery.sizeBytes());
    lane(partition).add(delivery);
    callbacks.run();
    return delivery.result();
  }

  /** The partition that a record goes to, when its topic is there. */
  private TopicPartition partition(ProducerRecord<String, byte[]> record, Deadline deadline) {
    String topic = record.topic();
    Integer wanted = record.partition();
    boolean isThere =
        await(
            () -> log.partition(new TopicPartition(topic, wanted == null ? 0 : wanted)).isPresent(),
            deadline);
    if (!isThere) {
      throw new TimeoutException(
          "%s not present in metadata after %d ms."
              .formatted(
                  wanted == null
                      ? "Topic " + topic
                      : "Partition %d of topic %s".formatted(wanted, topic),
                  log.settings().callTimeout().toMillis()));
    }
    return new TopicPartition(topic, wanted == null ? byKey(record) : wanted);
  }

  private int byKey(ProducerRecord<String, byte[]> record) {
    byte[] key = StoredRecord.of(record, 0).key();
    if (key == null) {
      throw ConsumerBase.unsupported("send of a record with neither partition nor key");
    }
    int count = log.topic(record.topic()).map(topic -> topic.partitions().size()).orElse(1);
    return Utils.toPositive(Utils.murmur2(key)) % count;
  }

  private void requireFitting(String topic, StoredRecord record) {
    int most = log.topic(topic).map(Topic::maxRecordBytes).orElse(Integer.MAX_VALUE);
    if (record.sizeBytes() > most) {
      throw new RecordTooLargeException(
          "The message is %d bytes when serialized which is larger than %d, the most that topic %s takes (max.message.bytes)"
              .formatted(record.sizeBytes(), most, topic));
    }
  }

  private void awaitRoom(long bytes, Deadline deadline) {
    boolean hasRoom =
        await(
            () -> {
              long before = buffered.get();
              return before == 0 || before + bytes <= BUFFER_BYTES;
            },
            deadline);
    if (!hasRoom) {
      throw new BufferExhaustedException(
          "Failed to allocate %d bytes within the configured max blocking time %d ms."
              .formatted(bytes, log.settings().callTimeout().toMillis()));
    }
  }

  /** Whether something comes true in time. */
  private boolean await(BooleanSupplier condition, Deadline deadline) {
    while (!condition.getAsBoolean()) {
      if (!log.waiting().forAnswer(signal, deadline)) {
        return false;
      }
      advance();
    }
    return true;
  }

  private Lane lane(TopicPartition partition) {
    return lanes.computeIfAbsent(partition, p -> new Lane(log, this::done));
  }

  private void done(Delivery delivery, @Nullable RuntimeException failure) {
    callbacks.add(
        () -> {
          if (failure == null) {
            delivery.acknowledge();
          } else {
            delivery.fail(failure);
            lane(delivery.partition()).failureIsKnown();
          }
          buffered.addAndGet(-delivery.sizeBytes());
          signal.raise();
        });
  }

  /** Does what can be done now with all that is not acknowledged. */
  void advance() {
    lanes.values().forEach(Lane::advance);
    callbacks.run();
  }

  void collectWaiting(Collection<Delivery> waiting) {
    lanes.values().forEach(lane -> lane.collectWaiting(waiting));
  }

  private boolean isIdle() {
    return lanes.values().stream().allMatch(Lane::isEmpty) && callbacks.areDone();
  }

  /** Waits until one record is acknowledged or has failed. */
  void await(CompletableFuture<RecordMetadata> result, Deadline deadline) {
    advance();
    if (!await(result::isDone, deadline)) {
      expireIfStepped();
    }
  }

  /** In a stepped log a time that is over is over for all. */
  private void expireIfStepped() {
    if (log.waiting() instanceof Waiting.Steps) {
      while (!lanes.values().stream().allMatch(Lane::isEmpty) && !callbacks.isRunningHere()) {
        lanes.values().forEach(Lane::expireFirst);
        callbacks.run();
      }
    }
  }

  @Override
  public void flush() {
    if (callbacks.isRunningHere()) {
      throw new KafkaException(
          "KafkaProducer.flush() invocation inside a callback is not permitted because it may lead to deadlock.");
    }
    awaitIdle(Deadline.never(log.time()));
  }

  private void awaitIdle(Deadline deadline) {
    advance();
    if (!await(this::isIdle, deadline)) {
      expireIfStepped();
    }
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    Deadline deadline = log.deadline(log.settings().callTimeout());
    if (!await(() -> log.topic(topic).isPresent(), deadline)) {
      throw new TimeoutException(
          "Topic %s not present in metadata after %d ms."
              .formatted(topic, log.settings().callTimeout().toMillis()));
    }
    return Assignor.infos(
        topic, log.topic(topic).map(found -> found.partitions().size()).orElse(0));
  }

  @Override
  public void close() {
    close(Duration.ofMillis(Long.MAX_VALUE));
  }

  /** As Kafka's: a close without time drops what an earlier close still waits for. */
  @Override
  public void close(Duration timeout) {
    if (!timeout.isZero()) {
      if (closed) {
        return;
      }
      closed = true;
      awaitIdle(log.deadline(timeout));
    }
    closed = true;
    lanes.values().forEach(Lane::abort);
    callbacks.run();
    log.faults().remove(this);
    log.remove(signal);
  }

  @Override
  public void initTransactions() {
    throw ConsumerBase.unsupported("initTransactions");
  }

  @Override
  public void beginTransaction() {
    throw ConsumerBase.unsupported("beginTransaction");
  }

  @Override
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
    throw ConsumerBase.unsupported("sendOffsetsToTransaction");
  }

  @Override
  public void commitTransaction() {
    throw ConsumerBase.unsupported("commitTransaction");
  }

  @Override
  public void abortTransaction() {
    throw ConsumerBase.unsupported("abortTransaction");
  }

  @Override
  public void registerMetricForSubscription(KafkaMetric metric) {
    throw ConsumerBase.unsupported("registerMetricForSubscription");
  }

  @Override
  public void unregisterMetricFromSubscription(KafkaMetric metric) {
    throw ConsumerBase.unsupported("unregisterMetricFromSubscription");
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    throw ConsumerBase.unsupported("metrics");
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    throw ConsumerBase.unsupported("clientInstanceId");
  }
}
