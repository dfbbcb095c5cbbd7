package org.sgsars.producer.kafka;

import java.util.concurrent.locks.LockSupport;

/** The time that waiting goes by. */
interface WaitClock {
  WaitClock SYSTEM =
      new WaitClock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void pause(long nanos) {
          LockSupport.parkNanos(nanos);
        }
      };

  /** As {@link System#nanoTime}. */
  long nanos();

  /** Does nothing for about so long. */
  void pause(long nanos);
}
