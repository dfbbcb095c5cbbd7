package org.sgsars.service;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.wire.SnapshotBegin;
import org.sgsars.wire.SnapshotChunk;
import org.sgsars.wire.SnapshotEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds snapshots in their topic, and reads them. For one thread. */
final class LogSnapshotReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogSnapshotReader.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** A broker that gives nothing for so long will not give more. */
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  /**
   * A snapshot whose end was seen.
   *
   * @param offset the next input record
   * @param begin offset of its beginning in the topic
   * @param end offset of its end in the topic
   * @param last what its end says
   */
  record Found(long offset, long begin, long end, SnapshotEnd last) {
    long neededFrom() {
      return last.getNeededFrom();
    }
  }

  private final PipelineLog log;
  private final String topic;
  private final Consumer<String, byte[]> consumer;

  LogSnapshotReader(PipelineLog log, String topic) {
    this.log = log;
    this.topic = topic;
    this.consumer = log.readAllConsumer();
  }

  /** Goes through the records of a partition, from one place to another. */
  private final class Walk {
    private final TopicPartition partition;
    private final long to;
    private final Deque<ConsumerRecord<String, byte[]>> fetched = new ArrayDeque<>();

    /**
     * @param from offset of the first record
     * @param to behind the last
     */
    Walk(TopicPartition partition, long from, long to) {
      this.partition = partition;
      this.to = to;
      consumer.assign(List.of(partition));
      consumer.seek(partition, from);
    }

    /** The next record; nothing behind the last. */
    Optional<ConsumerRecord<String, byte[]>> next() {
      long since = log.time().nanos();
      while (fetched.isEmpty() && consumer.position(partition) < to) {
        consumer.poll(POLL).records(partition).forEach(fetched::add);
        if (fetched.isEmpty() && log.time().nanos() - since > TIMEOUT.toNanos()) {
          throw new ServiceException(
              "Snapshots cannot be read from %s: the broker gave nothing for %d minutes"
                  .formatted(partition, TIMEOUT.toMinutes()));
        }
      }
      return Optional.ofNullable(fetched.poll()).filter(record -> record.offset() < to);
    }
  }

  private TopicPartition partition(SnapshotStore.Key key) {
    return new TopicPartition(topic, key.partition());
  }

  /** Offsets of the first record and behind the last. */
  private long[] bounds(TopicPartition partition) {
    consumer.assign(List.of(partition));
    return asked(
        () ->
            new long[] {
              consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L),
              consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L)
            });
  }

  private <T> T asked(java.util.function.Supplier<T> question) {
    try {
      return question.get();
    } catch (KafkaException e) {
      throw new ServiceException(
          "Snapshots cannot be read from topic %s: %s".formatted(topic, FailureReason.of(e)), e);
    }
  }

  /** The snapshot whose end is the last record, as it is where nobody was interrupted. */
  Optional<Found> last(SnapshotStore.Key key) {
    TopicPartition partition = partition(key);
    long[] bounds = bounds(partition);
    if (bounds[0] == bounds[1]) {
      return Optional.empty();
    }
    return asked(() -> new Walk(partition, bounds[1] - 1, bounds[1]).next())
        .flatMap(record -> end(key, record))
        .filter(found -> found.begin() >= bounds[0] && found.begin() < found.end());
  }

  private static Optional<Found> end(SnapshotStore.Key key, ConsumerRecord<String, byte[]> record) {
    return decoded(WireFormat.SNAPSHOT_END, record)
        .filter(end -> end.getOf().equals(key.name()))
        .map(end -> new Found(end.getOffset(), end.getBegin(), record.offset(), end));
  }

  /** The record, if it is a whole one of the kind. */
  private static <T extends SpecificRecord> Optional<T> decoded(
      WireFormat<T> format, ConsumerRecord<String, byte[]> record) {
    byte @Nullable [] value = record.value();
    try {
      return value != null && format.recognises(value)
          ? Optional.of(format.decode(value))
          : Optional.empty();
    } catch (WireException e) {
      return Optional.empty();
    }
  }

  /** What has come of a snapshot until now. */
  private static final class Partial {
    private final SnapshotBegin begin;
    private final CRC32 checksum = new CRC32();
    private int chunks;
    private long bytes;
    private boolean isTorn;

    Partial(SnapshotBegin begin) {
      this.begin = begin;
    }

    /** Whether it is the next chunk; one that came before counts once. */
    boolean add(SnapshotChunk chunk) {
      if (chunk.getNumber() < chunks) {
        return false;
      }
      isTorn |= chunk.getNumber() > chunks;
      chunks++;
      ByteBuffer content = chunk.getContent();
      bytes += content.remaining();
      checksum.update(content.duplicate());
      return true;
    }

    boolean isEndedBy(SnapshotEnd end) {
      return !isTorn
          && end.getOf().equals(begin.getOf())
          && end.getOffset() == begin.getOffset()
          && end.getChunks() == chunks
          && end.getBytes() == bytes
          && end.getChecksum() == checksum.getValue();
    }
  }

  /** Every whole snapshot of a key: the highest offset first, the later one among equals. */
  List<Found> all(SnapshotStore.Key key) {
    TopicPartition partition = partition(key);
    long[] bounds = bounds(partition);
    List<Found> whole = new ArrayList<>();
    Map<Long, Partial> begun = new HashMap<>();
    Walk walk = new Walk(partition, bounds[0], bounds[1]);
    long strangers = 0;
    Optional<ConsumerRecord<String, byte[]>> next = asked(walk::next);
    while (next.isPresent()) {
      strangers += add(key, next.get(), begun, whole) ? 0 : 1;
      next = asked(walk::next);
    }
    if (strangers > 0) {
      LOG.warn(
          "{} of the {} records of {} are no part of a snapshot that this version can read; they are skipped",
          strangers,
          bounds[1] - bounds[0],
          partition);
    }
    whole.sort(Comparator.comparingLong(Found::offset).thenComparingLong(Found::begin).reversed());
    return List.copyOf(whole);
  }

  /** Whether the record belongs here. */
  private static boolean add(
      SnapshotStore.Key key,
      ConsumerRecord<String, byte[]> record,
      Map<Long, Partial> begun,
      List<Found> whole) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    try {
      if (WireFormat.SNAPSHOT_BEGIN.recognises(value)) {
        SnapshotBegin begin = WireFormat.SNAPSHOT_BEGIN.decode(value);
        if (begin.getOf().equals(key.name()) && begin.getFormat() == SnapshotStore.FORMAT) {
          begun.put(record.offset(), new Partial(begin));
        }
        return begin.getFormat() == SnapshotStore.FORMAT;
      }
      if (WireFormat.SNAPSHOT_CHUNK.recognises(value)) {
        SnapshotChunk chunk = WireFormat.SNAPSHOT_CHUNK.decode(value);
        Partial of = begun.get(chunk.getBegin());
        if (of != null) {
          of.add(chunk);
        }
        return true;
      }
      SnapshotEnd end = WireFormat.SNAPSHOT_END.decode(value);
      Partial of = begun.remove(end.getBegin());
      if (of != null && of.isEndedBy(end)) {
        whole.add(new Found(end.getOffset(), end.getBegin(), record.offset(), end));
      }
      return true;
    } catch (WireException e) {
      return false;
    }
  }

  /** The chunks of a snapshot as one stream, which ends early where they are not what was sent. */
  private final class Content extends InputStream {
    private static final int END = -1;

    private final long begin;
    private final Walk walk;
    private final Partial partial;
    private ByteBuffer current = ByteBuffer.allocate(0);

    Content(long begin, Partial partial, Walk walk) {
      this.begin = begin;
      this.partial = partial;
      this.walk = walk;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) == END ? END : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      while (length > 0 && !current.hasRemaining()) {
        Optional<ByteBuffer> next = nextChunk();
        if (next.isEmpty()) {
          return END;
        }
        current = next.get();
      }
      int count = Math.min(length, current.remaining());
      current.get(bytes, from, count);
      return count;
    }

    private Optional<ByteBuffer> nextChunk() {
      while (!partial.isTorn) {
        Optional<ConsumerRecord<String, byte[]>> next = asked(walk::next);
        if (next.isEmpty()) {
          return Optional.empty();
        }
        Optional<SnapshotChunk> chunk =
            decoded(WireFormat.SNAPSHOT_CHUNK, next.get()).filter(c -> c.getBegin() == begin);
        if (chunk.isPresent() && partial.add(chunk.get())) {
          return Optional.of(chunk.get().getContent()).filter(content -> !partial.isTorn);
        }
      }
      return Optional.empty();
    }

    /** Reads what the restorer did not. */
    void skipRest() {
      while (nextChunk().isPresent()) {
        // On to the end.
      }
    }
  }

  /**
   * Reads a snapshot. Each chunk is whole, as Kafka holds every record against its checksum; that
   * they are all there, and in order, is known when the last was read.
   *
   * @return whether it is whole; what was restored is of no use otherwise
   * @throws IOException if it is whole and cannot be restored
   */
  boolean read(SnapshotStore.Key key, Found found, SnapshotStore.Restorer restorer)
      throws IOException {
    Walk walk = new Walk(partition(key), found.begin(), found.end());
    Optional<SnapshotBegin> begin =
        asked(walk::next)
            .filter(record -> record.offset() == found.begin())
            .flatMap(record -> decoded(WireFormat.SNAPSHOT_BEGIN, record));
    if (begin.isEmpty() || begin.get().getFormat() != SnapshotStore.FORMAT) {
      return isSpoiled(key, found);
    }
    Partial partial = new Partial(begin.get());
    Content content = new Content(found.begin(), partial, walk);
    Exception thrown = null;
    try {
      restorer.restore(new DataInputStream(content));
    } catch (IOException | RuntimeException e) {
      thrown = e;
    }
    content.skipRest();
    if (!partial.isEndedBy(found.last())) {
      return isSpoiled(key, found);
    }
    if (thrown instanceof IOException broken) {
      throw broken;
    }
    if (thrown instanceof RuntimeException broken) {
      throw broken;
    }
    return true;
  }

  private boolean isSpoiled(SnapshotStore.Key key, Found found) {
    LOG.warn(
        "The snapshot of {} at offset {} of {} is not whole, or of another version; trying an older one",
        key.name(),
        found.begin(),
        partition(key));
    return false;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
