package org.sgsars.standalone;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import org.sgsars.log.TimeSource;

/**
 * Goes several times as fast as the machine's, so that what services do every so often is not what
 * a test waits for; and it can be skipped.
 */
final class FastTime implements TimeSource {
  /** Not more, or a busy machine's breaks are longer than Kafka has patience with its clients. */
  private static final int TIMES = 5;

  private final long startNanos = SYSTEM.nanos();
  private final long startMillis = SYSTEM.millis();
  private final AtomicLong skippedNanos = new AtomicLong();

  /** From now on it is so much later. */
  void skip(Duration time) {
    skippedNanos.addAndGet(time.toNanos());
  }

  @Override
  public long nanos() {
    return TIMES * (SYSTEM.nanos() - startNanos) + skippedNanos.get();
  }

  @Override
  public long millis() {
    return startMillis + TimeUnit.NANOSECONDS.toMillis(nanos());
  }

  @Override
  public void pause(long nanos) {
    SYSTEM.pause(nanos / TIMES);
  }

  @Override
  public boolean await(Condition condition, long nanos) throws InterruptedException {
    return SYSTEM.await(condition, nanos / TIMES);
  }
}
