package org.sgsars.service;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.FailureReason;
import org.sgsars.log.TimeSource;

/** What a service does now, for its HTTP view and the one-process run. Safe for any thread. */
public final class ServiceStatus {
  private final String service;
  private final Supplier<List<PartitionWorker.LayerProgress>> progress;
  private final TimeSource time;
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong deadLetters = new AtomicLong();
  private final Map<List<String>, UnknownSchema> unknownSchemas = new ConcurrentHashMap<>();
  private volatile int partitions;
  private volatile long lag;
  private volatile long lastRecordAtMs;
  private volatile boolean up;
  private volatile @Nullable String failure;

  /**
   * Records of one topic and schema that cannot be used, as the schema is not known: those of a
   * newer release, say.
   *
   * @param topic full name
   * @param fingerprint of the schema, as it stands in the records' headers
   * @param writer version of sgs-ars that wrote the first of them; empty if it did not say
   * @param records how many, since the start
   */
  public record UnknownSchema(
      String topic, String fingerprint, Optional<String> writer, long records) {}

  public ServiceStatus(
      String service, Supplier<List<PartitionWorker.LayerProgress>> progress, TimeSource time) {
    this.service = service;
    this.progress = progress;
    this.time = time;
  }

  public String service() {
    return service;
  }

  /** How far each layer is in this instance. */
  public List<PartitionWorker.LayerProgress> progress() {
    return progress.get();
  }

  /** Records read since the start. */
  public long records() {
    return records.get();
  }

  /** Records since the start that could not be used. */
  public long deadLetters() {
    return deadLetters.get();
  }

  /** Those since the start, by topic and schema. */
  public List<UnknownSchema> unknownSchemas() {
    return unknownSchemas.values().stream()
        .sorted(
            Comparator.comparing(UnknownSchema::topic).thenComparing(UnknownSchema::fingerprint))
        .toList();
  }

  /** Partitions assigned to this instance. */
  public int partitions() {
    return partitions;
  }

  /** Records in its partitions that it has not read yet, as of the last look. */
  public long lag() {
    return lag;
  }

  /** When the last record was read, in milliseconds since 1970-01-01 UTC; 0 if none was. */
  public long lastRecordAtMs() {
    return lastRecordAtMs;
  }

  public boolean isUp() {
    return up;
  }

  /** Why it stopped, if it did not stop as asked, or what part of its work waits for. */
  public Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /** Counts records read. */
  public void processed(int count) {
    records.addAndGet(count);
    lastRecordAtMs = time.millis();
  }

  /** Counts a record that could not be used. */
  public void deadLetter() {
    deadLetters.incrementAndGet();
  }

  /**
   * Counts a record whose schema is not known.
   *
   * @return whether it is the first of its topic and schema
   */
  boolean unknownSchema(ConsumerRecord<?, ?> record, String fingerprint) {
    return unknownSchemas
            .merge(
                List.of(record.topic(), fingerprint),
                new UnknownSchema(record.topic(), fingerprint, WriterVersion.of(record), 1),
                (known, one) ->
                    new UnknownSchema(
                        known.topic(), known.fingerprint(), known.writer(), known.records() + 1))
            .records()
        == 1;
  }

  void lag(long recordsLeft) {
    lag = recordsLeft;
  }

  void partitions(int count) {
    partitions = count;
  }

  /** The service works. */
  public void up() {
    up = true;
  }

  /** The service has stopped. */
  public void down() {
    up = false;
  }

  /** What {@link #failed} said is over. */
  public void recovered() {
    failure = null;
  }

  /** The service stops, or a part of its work waits, because of this. */
  public void failed(Throwable cause) {
    failure = FailureReason.of(cause);
  }
}
