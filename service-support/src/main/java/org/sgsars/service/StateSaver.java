package org.sgsars.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;

/**
 * Saves the states of partitions while they go on: a state is written at once, as it stands between
 * two records, and brought to the disk, which takes most of the time, by a thread of its own. Until
 * it is there, the state before counts.
 */
final class StateSaver implements AutoCloseable {
  /** States are on their way to the disk for at most one in so many seconds. */
  private static final int SHARE = 20;

  /** Unless so much came since the last save: the broker keeps it until the next but one. */
  private static final long MOST_UNSAVED_BYTES = 1L << 30;

  /** And that is so many times the states, which go to the broker, too: a quarter more for it. */
  private static final int INPUT_PER_STATE = 4;

  private record Saving(Assignment assignment, long position, FutureTask<Long> oldestKept) {}

  private final SnapshotStore states;
  private final Optional<Duration> interval;
  private final TimeSource time;
  private final Disk disk;
  private final List<Saving> savings = new ArrayList<>();
  private long lastStart;
  private long lastTook;
  private long unsavedBytes;

  /** Of all that was saved last. */
  private long stateBytes;

  /**
   * @param interval longest time between two saves while records come in; empty where nobody can go
   *     back to a state, as the log ends with this process
   * @param disk brings the states to the disk; closed with this
   */
  StateSaver(SnapshotStore states, Optional<Duration> interval, TimeSource time, Disk disk) {
    this.states = states;
    this.interval = interval;
    this.time = time;
    this.disk = disk;
    this.lastStart = time.nanos();
  }

  /** Whether states are on their way to the disk. */
  boolean isBusy() {
    return !savings.isEmpty();
  }

  /** A record of so many bytes was read. */
  void count(long bytes) {
    unsavedBytes += bytes;
  }

  /**
   * Whether it is time to save.
   *
   * @param now as of {@link TimeSource#nanos}
   */
  boolean isDue(long now) {
    if (interval.isEmpty() || isBusy()) {
      return false;
    }
    boolean isTime = now - lastStart >= Math.max(interval.get().toNanos(), SHARE * lastTook);
    return isTime || unsavedBytes >= Math.max(MOST_UNSAVED_BYTES, INPUT_PER_STATE * stateBytes);
  }

  /**
   * Advances the offset from which these still need records, where no state is saved on the way.
   */
  void advanceOldestKept(Collection<Assignment> assignments) {
    if (interval.isEmpty()) {
      for (Assignment assignment : assignments) {
        assignment.oldestKept = assignment.safePosition();
      }
    }
  }

  /**
   * Writes the states of those that have moved on since their last save.
   *
   * @throws ServiceException if one cannot be written
   */
  void start(Collection<Assignment> assignments) {
    lastStart = time.nanos();
    unsavedBytes = 0;
    stateBytes = 0;
    for (Assignment assignment : assignments) {
      long position = assignment.safePosition();
      if (assignment.position != Assignment.NONE && position != assignment.saved) {
        SnapshotStore.Draft draft = states.draft(assignment.key, position, assignment.worker::save);
        stateBytes += draft.bytes();
        FutureTask<Long> work = new FutureTask<>(draft::publish);
        savings.add(new Saving(assignment, position, work));
        disk.start(work);
      }
    }
  }

  /**
   * Records the states that have come to the disk.
   *
   * @throws ServiceException if one could not be brought there
   */
  void collect() {
    while (!savings.isEmpty() && savings.get(0).oldestKept.isDone()) {
      completeFirst();
    }
  }

  /** Waits for all states that are on their way; errors as of {@link #collect}. */
  void finish() {
    while (!savings.isEmpty()) {
      disk.await(savings.get(0).oldestKept);
      completeFirst();
    }
  }

  private void completeFirst() {
    Saving first = savings.remove(0);
    try {
      first.assignment.oldestKept = first.oldestKept.get();
      first.assignment.saved = first.position;
      lastTook = time.nanos() - lastStart;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ServiceException(FailureReason.of(cause), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException("Stopped while saving state", e);
    }
  }

  @Override
  public void close() {
    disk.close();
  }
}
