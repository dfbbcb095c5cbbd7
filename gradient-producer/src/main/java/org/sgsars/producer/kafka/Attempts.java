package org.sgsars.producer.kafka;

import java.util.concurrent.TimeUnit;
import org.sgsars.log.TimeSource;
import org.sgsars.model.RunPlan;

/** How often a run begins anew, and how long it waits before it does. */
final class Attempts {
  /** Attempts of a run in all, over all starts of its producer; then it is given up. */
  static final int MOST = 20;

  static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final TimeSource time;
  private long until;
  private long nextNanos = FIRST_NANOS;

  Attempts(TimeSource time) {
    this.time = time;
    this.until = time.nanos();
  }

  /** Whether a run has no further attempt behind this one. */
  static boolean isLast(RunPlan attempt) {
    return RunPlan.attemptOf(attempt.run()) + 1 >= MOST;
  }

  /** Has to be waited for, each time twice as long, before there is another attempt. */
  void backOff() {
    until = time.nanos() + nextNanos;
    nextNanos = Math.min(LONGEST_NANOS, 2 * nextNanos);
  }

  /** Whether it is time for the next attempt. */
  boolean isTime() {
    return time.nanos() - until >= 0;
  }
}
