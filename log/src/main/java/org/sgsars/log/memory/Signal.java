package org.sgsars.log.memory;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.sgsars.log.TimeSource;

/**
 * Tells one waiting client that something may have changed. A signal that is raised while nobody
 * waits ends the next wait at once, so nothing that happens between a look and a wait is missed.
 */
final class Signal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition isRaised = lock.newCondition();
  private volatile boolean raised;

  /** From any thread. */
  void raise() {
    if (raised) {
      return;
    }
    lock.lock();
    try {
      raised = true;
      isRaised.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it is raised, at most so long, and lowers it. */
  void await(TimeSource time, long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long end = time.nanos() + nanos;
      long left = nanos;
      while (!raised && left > 0) {
        if (!time.await(isRaised, left)) {
          break;
        }
        left = end - time.nanos();
      }
      raised = false;
    } finally {
      lock.unlock();
    }
  }
}
