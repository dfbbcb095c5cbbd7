package org.sgsars.service.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether the broker answers, said within {@link #LONGEST} however long it takes to find out: one
 * question is under way at most, and its answer serves all who ask within {@link #GOOD_FOR}.
 */
final class BrokerCheck {
  static final Duration LONGEST = Duration.ofMillis(1500);
  static final Duration GOOD_FOR = Duration.ofSeconds(2);

  private final BooleanSupplier question;
  private final Executor executor;
  private final LongSupplier nanoTime;

  /** The last question and when it was asked; the answer may be still to come. */
  private CompletableFuture<Boolean> answer = CompletableFuture.completedFuture(false);

  private long askedAt;
  private boolean isAsked;

  /**
   * @param question asks the broker, which may take long or throw
   * @param executor runs it
   * @param nanoTime as {@link System#nanoTime}
   */
  BrokerCheck(BooleanSupplier question, Executor executor, LongSupplier nanoTime) {
    this.question = question;
    this.executor = executor;
    this.nanoTime = nanoTime;
  }

  /** From any thread. */
  boolean answers() {
    CompletableFuture<Boolean> current;
    long left;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (!isAsked || (answer.isDone() && now - askedAt >= GOOD_FOR.toNanos())) {
        isAsked = true;
        askedAt = now;
        answer = CompletableFuture.supplyAsync(question::getAsBoolean, executor);
      }
      current = answer;
      left = Math.max(0, LONGEST.toNanos() - (now - askedAt));
    }
    try {
      return current.get(left, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
