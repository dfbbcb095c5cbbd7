package org.sgsars.service;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.wire.SnapshotBegin;
import org.sgsars.wire.SnapshotChunk;
import org.sgsars.wire.SnapshotEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots as records of a topic, so that instances on any machine can restore them. A snapshot is
 * a {@link SnapshotBegin}, chunks of at most 1 MiB, and a {@link SnapshotEnd}, all of one
 * partition. Chunks name the place of their beginning, so snapshots of several writers may lie
 * among each other. What comes before the second newest of a key is deleted.
 *
 * <p>Nothing fences a writer that has lost its partition and does not know: what it writes is what
 * anybody would have written at that offset.
 */
public final class LogSnapshots implements SnapshotStore {
  static final int CHUNK_BYTES = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(LogSnapshots.class);
  private static final long NONE = -1;

  /**
   * A snapshot in the topic.
   *
   * @param offset the next input record
   * @param begin offset of its beginning in the topic
   */
  private record Kept(long offset, long begin) {}

  private final PipelineLog log;
  private final String topic;
  private final int partitions;

  /** The newest of each key that this instance knows. */
  private final Map<String, Kept> newest = new ConcurrentHashMap<>();

  /** Of the topic that {@code newest} is of. */
  private Uuid topicId = Uuid.ZERO_UUID;

  private @Nullable LogSnapshotReader reader;
  private @Nullable FailStopProducer producer;
  private @Nullable LogAdmin admin;
  private boolean isClosed;

  /**
   * @param topic of the snapshots, made when it is needed
   * @param partitions of the topic
   */
  public LogSnapshots(PipelineLog log, String topic, int partitions) {
    this.log = log;
    this.topic = topic;
    this.partitions = partitions;
  }

  /** Those of a service, whose topics are there. */
  public static LogSnapshots of(PipelineLog log, Stage stage) {
    return new LogSnapshots(
        log,
        log.topics().snapshots(stage.service()),
        log.partitions(stage.inputTopic(log.topics())));
  }

  @Override
  public String toString() {
    return "topic " + topic;
  }

  /** Each time, as a producer would wait for minutes for a topic that somebody has deleted. */
  private void prepare() {
    Uuid found = log.prepareSnapshots(admin(), topic, partitions);
    if (!found.equals(topicId)) {
      newest.clear();
      topicId = found;
    }
  }

  /** Another after one that has failed, which sends nothing more. */
  private synchronized FailStopProducer producer() {
    FailStopProducer known = producer;
    if (known == null || known.hasFailed()) {
      if (isClosed) {
        throw new ServiceException("Snapshots are closed");
      }
      known = new FailStopProducer(log.producer(Duration.ZERO), "Snapshots cannot be sent");
      producer = known;
    }
    return known;
  }

  private synchronized LogAdmin admin() {
    LogAdmin known = admin;
    if (known == null) {
      known = log.admin();
      admin = known;
    }
    return known;
  }

  /** Sends chunks as they fill, and keeps the last of them until it is published. */
  private final class Sending extends OutputStream implements Draft {
    private final Key key;
    private final long offset;
    private final FailStopProducer to = producer();
    private final CRC32 checksum = new CRC32();
    private byte[] chunk = new byte[4096];
    private int used;
    private int chunks;
    private long bytes;
    private long begin = NONE;

    Sending(Key key, long offset) {
      this.key = key;
      this.offset = offset;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int start, int length) throws IOException {
      int next = start;
      while (next < start + length) {
        if (used == CHUNK_BYTES) {
          sendChunk();
        }
        int room = Math.min(start + length - next, CHUNK_BYTES - used);
        grow(used + room);
        System.arraycopy(from, next, chunk, used, room);
        used += room;
        next += room;
      }
    }

    private void grow(int least) {
      if (chunk.length < least) {
        int size = Math.min(CHUNK_BYTES, Math.max(least, 2 * chunk.length));
        chunk = java.util.Arrays.copyOf(chunk, size);
      }
    }

    private void sendChunk() {
      sendBegin();
      checksum.update(chunk, 0, used);
      bytes += used;
      send(
          WireFormat.SNAPSHOT_CHUNK.encode(
              new SnapshotChunk(begin, chunks, ByteBuffer.wrap(chunk, 0, used))));
      chunks++;
      used = 0;
    }

    /** What follows names its place, for which it has to be in the log. */
    private void sendBegin() {
      if (begin == NONE) {
        SnapshotBegin first = new SnapshotBegin(key.name(), offset, FORMAT);
        begin = sendAndWait(WireFormat.SNAPSHOT_BEGIN.encode(first));
      }
    }

    private ProducerRecord<String, byte[]> record(byte[] value) {
      return new ProducerRecord<>(topic, key.partition(), key.name(), value);
    }

    private Future<RecordMetadata> send(byte[] value) {
      try {
        return to.send(record(value), metadata -> {});
      } catch (KafkaException | ServiceException e) {
        throw notKept(e);
      }
    }

    /** Its place in the topic. */
    private long sendAndWait(byte[] value) {
      try {
        return send(value).get().offset();
      } catch (ExecutionException e) {
        throw notKept(e.getCause() == null ? e : e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ServiceException("Stopped while saving a snapshot", e);
      }
    }

    /** By the reason of the first record that failed: it closed the producer for the others. */
    private ServiceException notKept(Throwable thrown) {
      Throwable cause = to.failure().orElse(thrown);
      return new ServiceException(
          "A snapshot of %s cannot be kept in %s: %s"
              .formatted(key.name(), LogSnapshots.this, FailureReason.of(cause)),
          cause);
    }

    @Override
    public long bytes() {
      return bytes + used;
    }

    @Override
    public long publish() {
      if (used > 0 || begin == NONE) {
        sendChunk();
      }
      Kept before = newest.get(key.name());
      long neededFrom = before == null ? 0 : before.offset();
      sendAndWait(
          WireFormat.SNAPSHOT_END.encode(
              new SnapshotEnd(
                  key.name(), offset, begin, chunks, bytes, checksum.getValue(), neededFrom)));
      newest.put(key.name(), new Kept(offset, begin));
      if (before != null) {
        deleteBefore(before.begin());
      }
      return neededFrom;
    }

    /** In the background; what could not be deleted goes with what comes next. */
    private void deleteBefore(long place) {
      TopicPartition partition = new TopicPartition(topic, key.partition());
      admin()
          .deleteRecords(Map.of(partition, place))
          .whenComplete(
              (done, failed) -> {
                if (failed != null) {
                  LOG.debug("Snapshots before {} of {} stay", place, partition, failed);
                }
              });
    }
  }

  @Override
  public Draft draft(Key key, long offset, Saver saver) {
    prepare();
    Sending sending = new Sending(key, offset);
    try {
      DataOutputStream out = new DataOutputStream(sending);
      saver.save(out);
      out.flush();
    } catch (IOException e) {
      throw sending.notKept(e);
    }
    return sending;
  }

  @Override
  public <T> Optional<Restored<T>> restore(
      Key key, long least, Supplier<T> fresh, Reader<T> restorer) {
    prepare();
    newest.remove(key.name());
    LogSnapshotReader from = reader();
    Optional<LogSnapshotReader.Found> last = from.last(key);
    if (last.isPresent() && last.get().offset() >= least) {
      Optional<Restored<T>> restored = restore(key, last.get(), fresh, restorer);
      if (restored.isPresent()) {
        return restored;
      }
    }
    List<LogSnapshotReader.Found> all = from.all(key);
    for (LogSnapshotReader.Found found : all) {
      if (found.offset() >= least) {
        Optional<Restored<T>> restored = restore(key, found, fresh, restorer);
        if (restored.isPresent()) {
          return restored;
        }
      }
    }
    return Optional.empty();
  }

  private LogSnapshotReader reader() {
    LogSnapshotReader known = reader;
    if (known == null) {
      known = new LogSnapshotReader(log, topic);
      reader = known;
    }
    return known;
  }

  /** Nothing if it is spoiled. */
  private <T> Optional<Restored<T>> restore(
      Key key, LogSnapshotReader.Found found, Supplier<T> fresh, Reader<T> restorer) {
    T state = fresh.get();
    try {
      if (!reader().read(key, found, in -> restorer.restore(state, in))) {
        return Optional.empty();
      }
    } catch (IOException | RuntimeException e) {
      throw new ServiceException(
          "The snapshot of %s at offset %d of %s-%d is whole but cannot be restored: %s; start again when the cause is gone, or delete topic %s to begin anew"
              .formatted(
                  key.name(), found.begin(), topic, key.partition(), FailureReason.of(e), topic),
          e);
    }
    newest.put(key.name(), new Kept(found.offset(), found.begin()));
    return Optional.of(new Restored<>(state, found.offset(), found.neededFrom()));
  }

  /** The topic is of this key alone. */
  @Override
  public void delete(Key key) {
    newest.remove(key.name());
    log.deleteSnapshots(admin(), List.of(topic));
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    if (reader != null) {
      reader.close();
    }
    if (producer != null) {
      producer.abandon();
    }
    if (admin != null) {
      admin.close();
    }
  }
}
