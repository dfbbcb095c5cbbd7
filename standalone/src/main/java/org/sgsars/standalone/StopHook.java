package org.sgsars.standalone;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ends what is going on in good order when Ctrl-C or SIGTERM ends this process. */
final class StopHook implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 30;

  private final String what;
  private final Runnable stop;
  private final AtomicBoolean asked = new AtomicBoolean();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread thread = new Thread(this::stop, "stop");

  /**
   * @param what is stopped, for people
   * @param stop asks it to end, and does not wait
   */
  StopHook(String what, Runnable stop) {
    this.what = what;
    this.stop = stop;
    Runtime.getRuntime().addShutdownHook(thread);
  }

  /** Whether it was asked to end. */
  boolean isAsked() {
    return asked.get();
  }

  private void stop() {
    asked.set(true);
    stop.run();
    try {
      if (!finished.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        System.err.printf("%s did not stop within %d s%n", what, TIMEOUT_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** It has ended. */
  @Override
  public void close() {
    finished.countDown();
    if (!asked.get()) {
      Runtime.getRuntime().removeShutdownHook(thread);
    }
  }
}
