package org.sgsars.log.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;
import org.sgsars.log.LogOffset;
import org.sgsars.log.OffsetQuery;

/** The records of one partition. Offsets have no gaps, and count on when records are deleted. */
final class PartitionLog {
  private final TopicPartition partition;
  private final Set<Signal> readers;

  /** The record with offset i is at i modulo the length, which is a power of two. */
  private @Nullable StoredRecord[] ring = new StoredRecord[16];

  // Written under the lock; a look at them alone needs none.
  private volatile long start;
  private volatile long end;

  /** Of all records that ever were, as Kafka does not forget it with the record. */
  private LogOffset youngest = LogOffset.NOT_FOUND;

  /**
   * @param readers are signalled when a record comes
   */
  PartitionLog(TopicPartition partition, Set<Signal> readers) {
    this.partition = partition;
    this.readers = readers;
  }

  /** Log start offset. */
  long start() {
    return start;
  }

  /** Log end offset. */
  long end() {
    return end;
  }

  /**
   * @return its offset
   */
  long append(StoredRecord record) {
    long offset;
    synchronized (this) {
      offset = end;
      if (offset - start == ring.length) {
        grow();
      }
      ring[index(offset)] = record;
      if (record.timestampMs() > youngest.timestampMs()) {
        youngest = new LogOffset(offset, record.timestampMs());
      }
      end = offset + 1;
    }
    readers.forEach(Signal::raise);
    return offset;
  }

  private int index(long offset) {
    return (int) (offset & (ring.length - 1));
  }

  private void grow() {
    StoredRecord[] larger = new StoredRecord[ring.length * 2];
    for (long offset = start; offset < end; offset++) {
      larger[(int) (offset & (larger.length - 1))] = ring[index(offset)];
    }
    ring = larger;
  }

  /** Whether a reader can go on there, now or when more comes. */
  boolean isInRange(long position) {
    return position >= start && position <= end;
  }

  /**
   * The records from a position on.
   *
   * @param mostBytes of all but the first, which comes whatever its size
   * @return empty if the position is out of range
   */
  Optional<List<StoredRecord>> read(long position, int mostRecords, long mostBytes) {
    if (position == end) {
      return Optional.of(List.of());
    }
    synchronized (this) {
      if (!isInRange(position)) {
        return Optional.empty();
      }
      long last = Math.min(end, position + mostRecords);
      List<StoredRecord> found = new ArrayList<>((int) (last - position));
      long bytes = 0;
      for (long offset = position; offset < last; offset++) {
        StoredRecord record = at(offset);
        bytes += record.sizeBytes();
        if (offset > position && bytes > mostBytes) {
          break;
        }
        found.add(record);
      }
      return Optional.of(found);
    }
  }

  private StoredRecord at(long offset) {
    StoredRecord record = ring[index(offset)];
    if (record == null) {
      throw new IllegalStateException(
          "%s@%d is not in [%d, %d)".formatted(partition, offset, start, end));
    }
    return record;
  }

  /**
   * Deletes records.
   *
   * @param offset of the first that stays; -1 for none of those that are there now
   * @throws OffsetOutOfRangeException if that is past the end
   */
  synchronized void deleteBefore(long offset) {
    long first = offset == -1 ? end : offset;
    if (first > end) {
      throw new OffsetOutOfRangeException(
          "Cannot delete records of %s before offset %d: the log ends at %d"
              .formatted(partition, first, end));
    }
    for (long deleted = start; deleted < first; deleted++) {
      ring[index(deleted)] = null;
    }
    start = Math.max(start, first);
  }

  synchronized LogOffset find(OffsetQuery query) {
    if (query instanceof OffsetQuery.Since since) {
      return first(since.timestampMs());
    }
    return switch ((OffsetQuery.Bound) query) {
      case EARLIEST -> new LogOffset(start, LogOffset.NONE);
      case LATEST -> new LogOffset(end, LogOffset.NONE);
      case MAX_TIMESTAMP -> youngest;
    };
  }

  private LogOffset first(long timestampMs) {
    for (long offset = start; offset < end; offset++) {
      if (at(offset).timestampMs() >= timestampMs) {
        return new LogOffset(offset, at(offset).timestampMs());
      }
    }
    return LogOffset.NOT_FOUND;
  }
}
