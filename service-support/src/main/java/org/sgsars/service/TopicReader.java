package org.sgsars.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.sgsars.failure.ServiceException;

/** Reads every partition of some topics from their beginning, in no group. For one thread. */
public final class TopicReader implements AutoCloseable {
  private static final Duration STEP = Duration.ofMillis(100);

  private final org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();

  /**
   * Reads topics that services have made, or are making.
   *
   * @throws ServiceException if a topic does not exist, also after half a minute
   */
  public TopicReader(PipelineLog log, List<String> topics) {
    this(log, topics, PipelineLog.MAKING);
  }

  /**
   * @param wait how long at most for topics that do not exist yet
   * @throws ServiceException if a topic does not exist
   */
  public TopicReader(PipelineLog log, List<String> topics, Duration wait) {
    consumer = log.readAllConsumer();
    try {
      for (String topic : topics) {
        log.awaitTopic(topic, wait, () -> partitionsOf(topic))
            .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      }
    } catch (ServiceException e) {
      consumer.close();
      throw e;
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  private Optional<List<PartitionInfo>> partitionsOf(String topic) {
    return Optional.ofNullable(consumer.partitionsFor(topic)).filter(found -> !found.isEmpty());
  }

  /** Polls for up to {@code timeout} and passes on the records. */
  public int poll(Duration timeout, Consumer<ConsumerRecord<String, byte[]>> handler) {
    var records = consumer.poll(timeout);
    records.forEach(handler);
    return records.count();
  }

  /** Begins anew. */
  public void rewind() {
    consumer.seekToBeginning(partitions);
  }

  /** Hands over everything that is in the topics at the time of the call. */
  public void readToEnd(Consumer<ConsumerRecord<String, byte[]>> handler) {
    readTo(consumer.endOffsets(partitions), handler);
  }

  /**
   * The same, unless the broker is away.
   *
   * @return from where on there are records; empty if the broker is away
   */
  Optional<Map<TopicPartition, Long>> tryToReadToEnd(
      Duration patience, Consumer<ConsumerRecord<String, byte[]>> handler) {
    try {
      readTo(consumer.endOffsets(partitions, patience), handler);
      return Optional.of(consumer.beginningOffsets(partitions, patience));
    } catch (TimeoutException e) {
      return Optional.empty();
    }
  }

  private void readTo(
      Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<String, byte[]>> handler) {
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      poll(STEP, handler);
    }
  }

  /** From where on there are records. */
  public Map<TopicPartition, Long> beginningOffsets() {
    return consumer.beginningOffsets(partitions);
  }

  /** Makes a waiting {@link #poll} end with a {@link WakeupException}. From any thread. */
  public void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
