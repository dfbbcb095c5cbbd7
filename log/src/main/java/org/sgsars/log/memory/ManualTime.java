package org.sgsars.log.memory;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.sgsars.log.TimeSource;

/** A time that advances only when it is set, and by pauses, which take no time at all. */
public final class ManualTime implements TimeSource {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long startMs;
  private final AtomicLong sinceStartNanos = new AtomicLong();

  /**
   * @param startMs what {@link #millis} says at first: milliseconds since 1970-01-01 UTC
   */
  public ManualTime(long startMs) {
    this.startMs = startMs;
  }

  @Override
  public long nanos() {
    return sinceStartNanos.get();
  }

  @Override
  public long millis() {
    return startMs + sinceStartNanos.get() / NANOS_PER_MILLI;
  }

  @Override
  public void pause(long nanos) {
    sinceStartNanos.addAndGet(Math.max(0, nanos));
  }

  /** Lets time go by. */
  public void advance(Duration by) {
    pause(by.toNanos());
  }
}
