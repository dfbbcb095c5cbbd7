package org.sgsars.log.memory;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Gives a record the form in which a consumer reads it. Values are not copied. */
@FunctionalInterface
interface Decoder<K, V> {
  Decoder<byte[], ByteBuffer> BUFFERS =
      (partition, offset, record) ->
          decoded(
              partition,
              offset,
              record,
              record.key(),
              record.value() == null ? null : ByteBuffer.wrap(record.value()));

  Decoder<String, byte[]> ARRAYS =
      (partition, offset, record) ->
          decoded(
              partition,
              offset,
              record,
              record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8),
              record.value());

  ConsumerRecord<K, V> decode(TopicPartition partition, long offset, StoredRecord record);

  private static <K, V> ConsumerRecord<K, V> decoded(
      TopicPartition partition,
      long offset,
      StoredRecord record,
      @Nullable K key,
      @Nullable V value) {
    // Each reader may add headers of its own.
    Headers headers = new RecordHeaders(record.headers().toArray());
    return new ConsumerRecord<>(
        partition.topic(),
        partition.partition(),
        offset,
        record.timestampMs(),
        TimestampType.CREATE_TIME,
        StoredRecord.bytesOf(record.key()),
        StoredRecord.bytesOf(record.value()),
        key,
        value,
        headers,
        Optional.empty());
  }
}
