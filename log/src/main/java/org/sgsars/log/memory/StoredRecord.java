package org.sgsars.log.memory;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record as it stands in the log. Its arrays are the sender's and the readers' own: nobody
 * changes them.
 *
 * @param timestampMs milliseconds since 1970-01-01 UTC
 */
record StoredRecord(
    long timestampMs, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
  /** As many as a batch of one record has beside its key, value and headers, at most. */
  private static final int OVERHEAD_BYTES = 82;

  private static final int HEADER_OVERHEAD_BYTES = 10;

  static StoredRecord of(ProducerRecord<String, byte[]> record, long nowMs) {
    String key = record.key();
    Long timestamp = record.timestamp();
    return new StoredRecord(
        timestamp == null ? nowMs : timestamp,
        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
        record.value(),
        record.headers());
  }

  static int bytesOf(byte @Nullable [] array) {
    return array == null ? -1 : array.length;
  }

  /** Size on the wire, at most. */
  long sizeBytes() {
    long size = OVERHEAD_BYTES + Math.max(0, bytesOf(key)) + (long) Math.max(0, bytesOf(value));
    for (Header header : headers) {
      size += HEADER_OVERHEAD_BYTES + header.key().length() + Math.max(0, bytesOf(header.value()));
    }
    return size;
  }
}
