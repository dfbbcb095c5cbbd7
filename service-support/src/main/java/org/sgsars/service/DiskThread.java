package org.sgsars.service;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/** One thread that brings states to the disk. */
final class DiskThread implements Disk {
  private final ExecutorService thread;

  /**
   * @param name of the thread
   */
  DiskThread(String name) {
    thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread of = new Thread(work, name);
              of.setDaemon(true);
              return of;
            });
  }

  @Override
  public void start(FutureTask<?> work) {
    thread.execute(work);
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
