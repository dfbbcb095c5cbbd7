package org.sgsars.producer.kafka;

import org.sgsars.log.TimeSource;

/** Pauses take no time but their own. */
final class FakeClock implements TimeSource {
  private long now = 1_000;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long millis() {
    return now / 1_000_000;
  }

  @Override
  public void pause(long nanos) {
    now += nanos;
  }
}
