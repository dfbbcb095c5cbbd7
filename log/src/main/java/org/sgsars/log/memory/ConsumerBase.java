package org.sgsars.log.memory;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;

/** The forms of a consumer's calls that come down to others, and those that are not supported. */
abstract class ConsumerBase<K, V> implements Consumer<K, V> {
  /** As Kafka's default. */
  private static final Duration CLOSE = Duration.ofSeconds(30);

  private static final ConsumerRebalanceListener SILENT =
      new ConsumerRebalanceListener() {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
      };

  private final Duration callTimeout;

  ConsumerBase(Duration callTimeout) {
    this.callTimeout = callTimeout;
  }

  static UnsupportedOperationException unsupported(String call) {
    return new UnsupportedOperationException("The log in memory does not support " + call);
  }

  /** Offsets up to which records were handed out. */
  abstract Map<TopicPartition, OffsetAndMetadata> allConsumed();

  @Override
  public void subscribe(Collection<String> topics) {
    subscribe(topics, SILENT);
  }

  @Override
  public void commitSync() {
    commitSync(allConsumed(), callTimeout);
  }

  @Override
  public void commitSync(Duration timeout) {
    commitSync(allConsumed(), timeout);
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    commitSync(offsets, callTimeout);
  }

  @Override
  public void commitAsync() {
    commitAsync((offsets, failure) -> {});
  }

  @Override
  public void commitAsync(OffsetCommitCallback callback) {
    commitAsync(allConsumed(), callback);
  }

  @Override
  public void seek(TopicPartition partition, OffsetAndMetadata offset) {
    seek(partition, offset.offset());
  }

  @Override
  public long position(TopicPartition partition) {
    return position(partition, callTimeout);
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    return committed(partitions, callTimeout);
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    return partitionsFor(topic, callTimeout);
  }

  @Override
  public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
      Map<TopicPartition, Long> timestampsToSearch) {
    return offsetsForTimes(timestampsToSearch, callTimeout);
  }

  @Override
  public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
    return beginningOffsets(partitions, callTimeout);
  }

  @Override
  public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
    return endOffsets(partitions, callTimeout);
  }

  @Override
  public void enforceRebalance() {
    enforceRebalance("");
  }

  @Override
  public void close() {
    close(CloseOptions.timeout(CLOSE));
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester")
  public void close(Duration timeout) {
    close(CloseOptions.timeout(timeout));
  }

  @Override
  public void subscribe(Pattern pattern, ConsumerRebalanceListener callback) {
    throw unsupported("subscribe(Pattern, ConsumerRebalanceListener)");
  }

  @Override
  public void subscribe(Pattern pattern) {
    throw unsupported("subscribe(Pattern)");
  }

  @Override
  public void subscribe(SubscriptionPattern pattern, ConsumerRebalanceListener callback) {
    throw unsupported("subscribe(SubscriptionPattern, ConsumerRebalanceListener)");
  }

  @Override
  public void subscribe(SubscriptionPattern pattern) {
    throw unsupported("subscribe(SubscriptionPattern)");
  }

  @Override
  public void registerMetricForSubscription(KafkaMetric metric) {
    throw unsupported("registerMetricForSubscription");
  }

  @Override
  public void unregisterMetricFromSubscription(KafkaMetric metric) {
    throw unsupported("unregisterMetricFromSubscription");
  }

  @Override
  public ConsumerGroupMetadata groupMetadata() {
    throw unsupported("groupMetadata");
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    throw unsupported("clientInstanceId");
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    throw unsupported("metrics");
  }

  @Override
  public Map<String, List<PartitionInfo>> listTopics() {
    throw unsupported("listTopics");
  }

  @Override
  public Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
    throw unsupported("listTopics");
  }
}
