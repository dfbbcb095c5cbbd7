package org.sgsars.producer.kafka;

/** Pauses take no time but their own. */
final class FakeClock implements WaitClock {
  private long now = 1_000;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void pause(long nanos) {
    now += nanos;
  }
}
