package org.sgsars.log.memory;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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
  void await(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long end = System.nanoTime() + nanos;
      long left = nanos;
      while (!raised && left > 0) {
        if (!isRaised.await(left, TimeUnit.NANOSECONDS)) {
          break;
        }
        left = end - System.nanoTime();
      }
      raised = false;
    } finally {
      lock.unlock();
    }
  }
}
