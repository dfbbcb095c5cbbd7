package org.sgsars.log.memory;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a producer's callbacks one after the other, in their order, on whichever thread comes first.
 * No lock is held meanwhile, so a callback may send.
 */
final class Callbacks {
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger undone = new AtomicInteger();
  private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();

  void add(Runnable callback) {
    undone.incrementAndGet();
    queue.add(callback);
  }

  /** Runs what is there, unless another thread does, or this one already. */
  void run() {
    while (!queue.isEmpty() && runner.compareAndSet(null, Thread.currentThread())) {
      try {
        Runnable next = queue.poll();
        while (next != null) {
          run(next);
          next = queue.poll();
        }
      } finally {
        runner.set(null);
      }
    }
  }

  private void run(Runnable callback) {
    try {
      callback.run();
    } finally {
      undone.decrementAndGet();
    }
  }

  boolean areDone() {
    return undone.get() == 0;
  }

  /** Whether this is called in a callback. */
  boolean isRunningHere() {
    return runner.get() == Thread.currentThread();
  }
}
