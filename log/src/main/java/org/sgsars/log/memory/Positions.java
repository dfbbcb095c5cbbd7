package org.sgsars.log.memory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.sgsars.log.PartitionOrder;

/** A consumer's partitions: where it reads on in each, and which are paused. For one thread. */
final class Positions {
  /** Where a partition is read from that has no position yet. */
  private enum StartPosition {
    /** Where the group committed, or else at the beginning. */
    COMMITTED,
    BEGINNING,
    END
  }

  private static final class Place {
    /** Offset of the next record; {@link #NONE} until it is looked up. */
    private long position = NONE;

    private StartPosition startPosition = StartPosition.COMMITTED;
    private boolean paused;
  }

  private static final long NONE = -1;

  private final MemoryLog log;
  private final Optional<Group> group;
  private final Signal signal;
  private final NavigableMap<TopicPartition, Place> places =
      new TreeMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
  private @Nullable TopicPartition lastRead;

  /**
   * @param group whose commits are gone by; empty for none
   * @param signal is raised when a partition gets a record
   */
  Positions(MemoryLog log, Optional<Group> group, Signal signal) {
    this.log = log;
    this.group = group;
    this.signal = signal;
  }

  Set<TopicPartition> assignment() {
    return new LinkedHashSet<>(places.keySet());
  }

  /** Takes other partitions. Those that it had before keep their places. */
  void assign(Collection<TopicPartition> partitions) {
    Set<TopicPartition> gone = assignment();
    partitions.forEach(gone::remove);
    for (TopicPartition partition : gone) {
      log.readers(partition).remove(signal);
      places.remove(partition);
    }
    for (TopicPartition partition : partitions) {
      places.computeIfAbsent(partition, p -> new Place());
      log.readers(partition).add(signal);
    }
  }

  private Place place(TopicPartition partition) {
    Place place = places.get(partition);
    if (place == null) {
      throw new IllegalStateException("No current assignment for partition " + partition);
    }
    return place;
  }

  boolean isAssigned(TopicPartition partition) {
    return places.containsKey(partition);
  }

  void seek(TopicPartition partition, long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("seek offset must not be a negative number");
    }
    place(partition).position = offset;
  }

  void seekToBeginning(Collection<TopicPartition> partitions) {
    reset(partitions, StartPosition.BEGINNING);
  }

  void seekToEnd(Collection<TopicPartition> partitions) {
    reset(partitions, StartPosition.END);
  }

  /** Positions are looked up when they are needed. */
  private void reset(Collection<TopicPartition> partitions, StartPosition startPosition) {
    for (TopicPartition partition : partitions.isEmpty() ? assignment() : partitions) {
      Place place = place(partition);
      place.startPosition = startPosition;
      place.position = NONE;
    }
  }

  void pause(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> place(partition).paused = true);
  }

  void resume(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> place(partition).paused = false);
  }

  Set<TopicPartition> paused() {
    Set<TopicPartition> paused = new LinkedHashSet<>();
    places.forEach(
        (partition, place) -> {
          if (place.paused) {
            paused.add(partition);
          }
        });
    return paused;
  }

  /** Offset of the next record, looked up if need be; empty if the topic does not exist. */
  OptionalLong position(TopicPartition partition) {
    Place place = place(partition);
    if (place.position == NONE) {
      log.partition(partition)
          .ifPresent(in -> place.position = initialOffset(partition, in, place.startPosition));
    }
    return known(place);
  }

  private long initialOffset(
      TopicPartition partition, PartitionLog in, StartPosition startPosition) {
    return switch (startPosition) {
      case BEGINNING -> in.start();
      case END -> in.end();
      case COMMITTED ->
          group
              .flatMap(of -> of.committed(partition))
              .map(OffsetAndMetadata::offset)
              .orElseGet(in::start);
    };
  }

  /** Offset of the next record, if that is known already. */
  OptionalLong known(TopicPartition partition) {
    return known(place(partition));
  }

  private static OptionalLong known(Place place) {
    return place.position == NONE ? OptionalLong.empty() : OptionalLong.of(place.position);
  }

  /** All positions that are known. */
  Map<TopicPartition, OffsetAndMetadata> all() {
    Map<TopicPartition, OffsetAndMetadata> all = new TreeMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
    places.forEach(
        (partition, place) ->
            known(place).ifPresent(at -> all.put(partition, new OffsetAndMetadata(at))));
    return all;
  }

  /** Records between the position and the end; empty if the position is not known. */
  OptionalLong lag(TopicPartition partition) {
    OptionalLong at = known(place(partition));
    Optional<PartitionLog> in = log.partition(partition);
    return at.isEmpty() || in.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, in.get().end() - at.getAsLong()));
  }

  /** Records of one partition. */
  record Run(TopicPartition partition, long first, List<StoredRecord> records) {}

  /**
   * Reads on in the partitions that are not paused, behind the one that was read last. A position
   * that is out of range is set to the beginning.
   *
   * @param mostBytes of all but the first record
   */
  List<Run> read(int mostRecords, long mostBytes) {
    List<Run> runs = new ArrayList<>();
    int records = 0;
    long bytes = 0;
    for (TopicPartition partition : inTurn()) {
      Place place = place(partition);
      Optional<PartitionLog> in = log.partition(partition);
      // Also of those that have to wait the positions are looked up, as for their lag.
      if (in.isEmpty()
          || position(partition).isEmpty()
          || place.paused
          || records >= mostRecords
          || bytes >= mostBytes) {
        continue;
      }
      List<StoredRecord> found = read(place, in.get(), mostRecords - records, mostBytes - bytes);
      if (!found.isEmpty()) {
        runs.add(new Run(partition, place.position, found));
        place.position += found.size();
        records += found.size();
        bytes += found.stream().mapToLong(StoredRecord::sizeBytes).sum();
        lastRead = partition;
      }
    }
    return runs;
  }

  private static List<StoredRecord> read(
      Place place, PartitionLog in, int mostRecords, long mostBytes) {
    Optional<List<StoredRecord>> found = in.read(place.position, mostRecords, mostBytes);
    while (found.isEmpty()) {
      place.position = in.start();
      found = in.read(place.position, mostRecords, mostBytes);
    }
    return found.get();
  }

  private List<TopicPartition> inTurn() {
    TopicPartition last = lastRead;
    if (last == null) {
      return List.copyOf(places.keySet());
    }
    List<TopicPartition> turn = new ArrayList<>(places.tailMap(last, false).keySet());
    turn.addAll(places.headMap(last, true).keySet());
    return turn;
  }
}
