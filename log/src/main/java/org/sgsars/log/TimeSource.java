package org.sgsars.log;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;

/** The time that a service goes by. */
public interface TimeSource {
  /** The time of this machine. */
  TimeSource SYSTEM =
      new TimeSource() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public long millis() {
          return System.currentTimeMillis();
        }

        @Override
        public void pause(long nanos) {
          LockSupport.parkNanos(nanos);
        }
      };

  /** As {@link System#nanoTime}: never goes back, and only differences mean something. */
  long nanos();

  /** As {@link System#currentTimeMillis}: milliseconds since 1970-01-01 UTC. */
  long millis();

  /** Does nothing for about so long; less if the thread is interrupted. */
  void pause(long nanos);

  /**
   * Waits for a condition, whose lock the thread holds; it has to look whether it holds afterwards.
   *
   * @param nanos longest time
   * @return whether it was signalled before that, or the thread woke up without a reason
   */
  @SuppressWarnings("WaitNotInLoop") // Its callers loop.
  default boolean await(Condition condition, long nanos) throws InterruptedException {
    return condition.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** This time as a clock has it that goes ahead by so much; behind, if negative. */
  default TimeSource ahead(Duration by) {
    TimeSource right = this;
    return new TimeSource() {
      @Override
      public long nanos() {
        return right.nanos();
      }

      @Override
      public long millis() {
        return right.millis() + by.toMillis();
      }

      @Override
      public void pause(long nanos) {
        right.pause(nanos);
      }

      @Override
      public boolean await(Condition condition, long nanos) throws InterruptedException {
        return right.await(condition, nanos);
      }
    };
  }
}
