package org.sgsars.service;

import java.util.concurrent.FutureTask;

/** Where work is done that takes long and that nobody waits for, unless by {@link #await}. */
public interface Disk extends AutoCloseable {
  /** Has the work done, in the order in which it comes, by a thread of its own or later. */
  void start(FutureTask<?> work);

  /** Has this work done by now, with all that came before it. */
  default void await(FutureTask<?> work) {
    // Does nothing where another thread is at it already.
    work.run();
  }

  @Override
  void close();
}
