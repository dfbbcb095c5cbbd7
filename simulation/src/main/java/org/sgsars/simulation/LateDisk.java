package org.sgsars.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.FutureTask;
import org.sgsars.service.Disk;

/** A disk that writes what it is given on command, or when somebody waits for it. */
final class LateDisk implements Disk {
  private final Deque<FutureTask<?>> waiting = new ArrayDeque<>();

  @Override
  public void start(FutureTask<?> work) {
    waiting.add(work);
  }

  @Override
  public void await(FutureTask<?> work) {
    while (!work.isDone() && !waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  /** Does the first piece of work that waits, if there is one. */
  void work() {
    if (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  /** Loses what waits, as a process that is killed does. */
  @Override
  public void close() {
    waiting.clear();
  }
}
