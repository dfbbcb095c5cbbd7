package org.sgsars.producer.kafka;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;

/**
 * A wait for consumers, with its time-outs and warnings. An error that no retry can mend ends it at
 * once; a retriable one is reported once, and waited out. That nobody reads is reported after
 * seconds.
 */
final class ConsumerWait {
  /** A broker may be away for so long. */
  static final long AWAY_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** Services commit every 100 ms while there is something new. */
  static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);

  static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final TimeSource time;
  private final Consumer<String> messages;
  private boolean isFailing;
  private long failingSince;
  private long progress = -1;
  private long quietSince;
  private long warnAt;

  /**
   * @param messages receives messages for people
   */
  ConsumerWait(TimeSource time, Consumer<String> messages) {
    this.time = time;
    this.messages = messages;
    restart();
  }

  /** The wait starts anew: before it, nothing was to be read. */
  void restart() {
    quietSince = time.nanos();
    warnAt = quietSince + QUIET_NANOS;
  }

  /**
   * Kafka answered.
   *
   * @param committed sum of what the consumers committed; more of it means that somebody reads
   * @return whether nobody has read for so long that {@link #warnIdle} is due
   */
  boolean answered(long committed) {
    if (isFailing) {
      isFailing = false;
      messages.accept("Kafka reports the consumers' offsets again");
      restart();
    }
    if (committed != progress) {
      progress = committed;
      restart();
    }
    return time.nanos() >= warnAt;
  }

  /** Warns of who does not read; then not again for a minute. */
  void warnIdle(String who) {
    long now = time.nanos();
    messages.accept(
        "Nothing was read for %d s: %s"
            .formatted(Duration.ofNanos(now - quietSince).toSeconds(), who));
    warnAt = now + AGAIN_NANOS;
  }

  /**
   * Kafka answered with an error.
   *
   * @throws ServiceException if it cannot get better, or has not for {@link #AWAY_NANOS}
   */
  void failed(KafkaException failure) {
    boolean mayGetBetter = mayGetBetter(failure);
    long now = time.nanos();
    if (!isFailing) {
      isFailing = true;
      failingSince = now;
      if (mayGetBetter) {
        messages.accept(
            "Kafka does not tell how far the consumers are, and is asked again: "
                + failure.getMessage());
      }
    }
    if (!mayGetBetter || now - failingSince > AWAY_NANOS) {
      throw new ServiceException(
          "Kafka does not tell how far the consumers are: " + failure.getMessage(), failure);
    }
  }

  /** Whether what Kafka says of a request may be otherwise when it is made again. */
  static boolean mayGetBetter(Throwable failure) {
    Throwable cause = cause(failure);
    // A broker that is stopping may say that something unknown is wrong with it.
    return cause instanceof RetriableException || cause instanceof UnknownServerException;
  }

  private static Throwable cause(Throwable failure) {
    boolean isWrapped = failure instanceof CompletionException;
    return isWrapped && failure.getCause() != null ? failure.getCause() : failure;
  }
}
