package org.sgsars.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;

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

  private record Saving(Assignment assignment, long position, Future<Long> oldestKept) {}

  private final StateFolder states;
  private final Duration interval;
  private final ExecutorService disk;
  private final List<Saving> savings = new ArrayList<>();
  private long lastStart = System.nanoTime();
  private long lastTook;
  private long unsavedBytes;

  /**
   * @param service whose states these are
   * @param interval longest time between two saves while records come in
   */
  StateSaver(String service, StateFolder states, Duration interval) {
    this.states = states;
    this.interval = interval;
    this.disk =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, service + "-state");
              thread.setDaemon(true);
              return thread;
            });
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
   * @param now of {@link System#nanoTime}
   */
  boolean isDue(long now) {
    boolean isTime = now - lastStart >= Math.max(interval.toNanos(), SHARE * lastTook);
    return !isBusy() && (isTime || unsavedBytes >= MOST_UNSAVED_BYTES);
  }

  /**
   * Writes the states of those that have moved on since their last save.
   *
   * @throws ServiceException if one cannot be written
   */
  void start(Collection<Assignment> assignments) {
    lastStart = System.nanoTime();
    unsavedBytes = 0;
    for (Assignment assignment : assignments) {
      long position = assignment.safePosition();
      if (assignment.position != Assignment.NONE && position != assignment.saved) {
        StateFolder.Draft draft =
            states.draft(assignment.stateName, position, assignment.worker::save);
        savings.add(new Saving(assignment, position, disk.submit(draft::publish)));
      }
    }
  }

  /**
   * Takes note of the states that have come to the disk.
   *
   * @throws ServiceException if one could not be brought there
   */
  void collect() {
    while (!savings.isEmpty() && savings.get(0).oldestKept.isDone()) {
      takeFirst();
    }
  }

  /** Waits for all states that are on their way; errors as of {@link #collect}. */
  void finish() {
    while (!savings.isEmpty()) {
      takeFirst();
    }
  }

  private void takeFirst() {
    Saving first = savings.remove(0);
    try {
      first.assignment.oldestKept = first.oldestKept.get();
      first.assignment.saved = first.position;
      lastTook = System.nanoTime() - lastStart;
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
    disk.shutdown();
  }
}
