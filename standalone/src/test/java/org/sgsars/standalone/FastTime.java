package org.sgsars.standalone;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.sgsars.log.TimeSource;

/** Time that goes by as this machine's, and of which a test can leave some out. */
final class SkippedTime implements TimeSource {
  private final AtomicLong skippedNanos = new AtomicLong();

  /** From now on it is so much later. */
  void skip(Duration time) {
    skippedNanos.addAndGet(time.toNanos());
  }

  @Override
  public long nanos() {
    return SYSTEM.nanos() + skippedNanos.get();
  }

  @Override
  public long millis() {
    return SYSTEM.millis() + Duration.ofNanos(skippedNanos.get()).toMillis();
  }

  @Override
  public void pause(long nanos) {
    SYSTEM.pause(nanos);
  }
}
