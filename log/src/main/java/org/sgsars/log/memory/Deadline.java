package org.sgsars.log.memory;

import java.time.Duration;
import org.sgsars.log.TimeSource;

/** When a call gives up. For one thread. */
final class Deadline {
  /** Longer than any run, and short enough to be added to any time. */
  private static final long FOREVER_NANOS = Long.MAX_VALUE / 4;

  private final TimeSource time;
  private final long at;
  private boolean blocked;

  private Deadline(TimeSource time, long nanos) {
    this.time = time;
    this.at = time.nanos() + nanos;
  }

  static Deadline in(TimeSource time, Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("Timeout must not be negative");
    }
    return new Deadline(time, nanos(timeout));
  }

  static Deadline never(TimeSource time) {
    return new Deadline(time, FOREVER_NANOS);
  }

  /** A duration in nanoseconds; the longest there is, if it is longer than that. */
  static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofNanos(FOREVER_NANOS)) > 0
        ? FOREVER_NANOS
        : duration.toNanos();
  }

  /** By which it goes. */
  TimeSource time() {
    return time;
  }

  /** Nanoseconds until then; 0 or less when it is over. */
  long leftNanos() {
    return at - time.nanos();
  }

  /** Whether this is the first time that its call cannot go on. */
  boolean isFirstBlock() {
    boolean first = !blocked;
    blocked = true;
    return first;
  }
}
