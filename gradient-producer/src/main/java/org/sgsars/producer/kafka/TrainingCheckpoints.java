package org.sgsars.producer.kafka;

import java.time.Duration;
import java.util.OptionalLong;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;
import org.sgsars.service.SnapshotStore;
import org.sgsars.service.SnapshotStore.Restored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checkpoints of trainings, from which a producer that was killed resumes. */
public final class TrainingCheckpoints implements AutoCloseable {
  /** A save may take this share of the time since the one before. */
  private static final int LONGEST_SHARE = 20;

  private static final Logger LOG = LoggerFactory.getLogger(TrainingCheckpoints.class);

  private final SnapshotStore states;
  private final long intervalNanos;
  private final TimeSource time;
  private long savedAt;
  private long cost;

  /**
   * @param states where they are kept; closed with this
   * @param interval shortest time between two saves; longer where saving takes long
   */
  public TrainingCheckpoints(SnapshotStore states, Duration interval, TimeSource time) {
    this.states = states;
    this.time = time;
    this.savedAt = time.nanos();
    this.intervalNanos = interval.toNanos();
  }

  private static SnapshotStore.Key key(String name) {
    return new SnapshotStore.Key(name, 0);
  }

  /** Whether it is time for another. */
  boolean isDue() {
    return time.nanos() - savedAt >= Math.max(intervalNanos, LONGEST_SHARE * cost);
  }

  /**
   * Saves a training, to be there even after a power failure. Where that fails, the one before
   * counts, and the next is tried in time.
   *
   * @param name of the attempt
   * @param iterations that it has behind it
   * @return whether it is saved
   */
  boolean save(String name, long iterations, SnapshotStore.Saver saver) {
    long start = time.nanos();
    try {
      states.draft(key(name), iterations, saver).publish();
      return true;
    } catch (ServiceException e) {
      LOG.warn("The training continues without checkpoints: {}", e.getMessage());
      return false;
    } finally {
      savedAt = time.nanos();
      cost = savedAt - start;
    }
  }

  /**
   * Restores a training as it was saved last.
   *
   * @return how many iterations it has behind it; empty if it was not saved
   */
  OptionalLong restore(String name, SnapshotStore.Restorer restorer) {
    return states
        .restore(key(name), 0, () -> restorer, SnapshotStore.Restorer::restore)
        .map(Restored::offset)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /** Nobody resumes it any more. */
  void delete(String name) {
    states.delete(key(name));
  }

  @Override
  public void close() {
    states.close();
  }
}
