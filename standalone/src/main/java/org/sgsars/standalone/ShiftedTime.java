package org.sgsars.standalone;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/** Kafka's time where the clock is wrong; what is measured by it is right. */
final class ShiftedTime implements Time {
  private final long offsetMs;

  ShiftedTime(Duration ahead) {
    this.offsetMs = ahead.toMillis();
  }

  @Override
  public long milliseconds() {
    return SYSTEM.milliseconds() + offsetMs;
  }

  @Override
  public long nanoseconds() {
    return SYSTEM.nanoseconds();
  }

  @Override
  public void sleep(long ms) {
    SYSTEM.sleep(ms);
  }

  @Override
  public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs)
      throws InterruptedException {
    SYSTEM.waitObject(object, condition, deadlineMs - offsetMs);
  }
}
