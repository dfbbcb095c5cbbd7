package org.sgsars.producer.kafka;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.sgsars.model.RunPlan;

/** How often a run begins anew, and how long it waits before it does. */
final class Attempts {
  /** Attempts of a run in all, over all starts of its producer; then it is given up. */
  static final int MOST = 20;

  static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final WaitClock clock;
  private long nextNanos = FIRST_NANOS;

  Attempts(WaitClock clock) {
    this.clock = clock;
  }

  /** Whether a run has no further attempt behind this one. */
  static boolean isLast(RunPlan attempt) {
    return RunPlan.attemptOf(attempt.run()) + 1 >= MOST;
  }

  /** Waits, each time twice as long, until it is time for another attempt, or to stop. */
  void backOff(BooleanSupplier stopping) {
    long until = clock.nanos() + nextNanos;
    nextNanos = Math.min(LONGEST_NANOS, 2 * nextNanos);
    long left = until - clock.nanos();
    while (left > 0 && !stopping.getAsBoolean()) {
      clock.pause(Math.min(STEP_NANOS, left));
      left = until - clock.nanos();
    }
  }
}
