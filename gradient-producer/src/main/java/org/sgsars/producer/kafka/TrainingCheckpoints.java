package org.sgsars.producer.kafka;

import java.time.Duration;
import java.util.OptionalLong;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.StateFolder;
import org.sgsars.service.StateFolder.Restored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trainings as they are on their way, so that a producer that was killed goes on with them. */
public final class TrainingCheckpoints {
  /** A save may take this share of the time since the one before. */
  private static final int LONGEST_SHARE = 20;

  private static final Logger LOG = LoggerFactory.getLogger(TrainingCheckpoints.class);

  private final StateFolder states;
  private final long intervalNanos;
  private long savedAt = System.nanoTime();
  private long cost;

  /**
   * @param interval shortest time between two saves; longer where saving takes long
   */
  public TrainingCheckpoints(StateFolder states, Duration interval) {
    this.states = states;
    this.intervalNanos = interval.toNanos();
  }

  /** Whether it is time for another. */
  boolean isDue() {
    return System.nanoTime() - savedAt >= Math.max(intervalNanos, LONGEST_SHARE * cost);
  }

  /**
   * Saves a training, to be there even after a power failure. Where that fails, the one before
   * counts, and the next is tried in time.
   *
   * @param name of the attempt
   * @param iterations that it has behind it
   * @return whether it is saved
   */
  boolean save(String name, long iterations, StateFolder.Saver saver) {
    long start = System.nanoTime();
    try {
      states.draft(name, iterations, saver).publish();
      return true;
    } catch (ServiceException e) {
      LOG.warn("The training goes on without being saved: {}", e.getMessage());
      return false;
    } finally {
      savedAt = System.nanoTime();
      cost = savedAt - start;
    }
  }

  /**
   * Restores a training as it was saved last.
   *
   * @return how many iterations it has behind it; empty if it was not saved
   */
  OptionalLong restore(String name, StateFolder.Restorer restorer) {
    return states
        .restore(name, () -> restorer, StateFolder.Restorer::restore)
        .map(Restored::offset)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /** Nobody goes on with it any more. */
  void forget(String name) {
    states.forget(name);
  }
}
