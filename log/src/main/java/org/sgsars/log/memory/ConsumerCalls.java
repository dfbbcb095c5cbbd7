package org.sgsars.log.memory;

import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one consumer: by one thread at a time, until it is closed, and ended early by a
 * wakeup or an interruption.
 */
final class ConsumerCalls {
  private final MemoryLog log;
  private final Signal signal;
  private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
  private final AtomicBoolean wakeup = new AtomicBoolean();
  private volatile boolean closed;

  ConsumerCalls(MemoryLog log, Signal signal) {
    this.log = log;
    this.signal = signal;
  }

  /**
   * Makes a call, which may make others.
   *
   * @throws ConcurrentModificationException if another thread is in a call
   * @throws IllegalStateException if it is closed
   */
  <T> T call(Supplier<T> call) {
    if (closed) {
      throw new IllegalStateException("This consumer has already been closed.");
    }
    Thread current = Thread.currentThread();
    if (owner.get() == current) {
      return call.get();
    }
    if (!owner.compareAndSet(null, current)) {
      throw new ConcurrentModificationException(
          "A consumer is not safe for multi-threaded access: thread %s makes a call while another is in one"
              .formatted(current.getName()));
    }
    try {
      return call.get();
    } finally {
      owner.set(null);
    }
  }

  /** The same for a call without a result. */
  void run(Runnable call) {
    Boolean unused =
        call(
            () -> {
              call.run();
              return true;
            });
  }

  /**
   * Tries until there is an answer.
   *
   * @param what it fails to do, for people
   * @throws TimeoutException if there is none in time
   */
  <T> T await(Duration timeout, String what, Supplier<Optional<T>> attempt) {
    return call(
        () -> {
          Deadline deadline = log.deadline(timeout);
          do {
            throwWakeup();
            Optional<T> answer = log.faults().areBrokersThere() ? attempt.get() : Optional.empty();
            if (answer.isPresent()) {
              return answer.get();
            }
          } while (log.waiting().forAnswer(signal, deadline));
          throw new TimeoutException(
              "Timeout of %dms expired before successfully %s".formatted(timeout.toMillis(), what));
        });
  }

  /**
   * @throws WakeupException if it was woken up since the last time
   * @throws InterruptException if the thread was interrupted
   */
  void throwWakeup() {
    if (wakeup.getAndSet(false)) {
      throw new WakeupException();
    }
    if (Thread.interrupted()) {
      throw new InterruptException(new InterruptedException());
    }
  }

  /** From any thread. */
  void wakeup() {
    wakeup.set(true);
    signal.raise();
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
  }
}
