package org.sgsars.service;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;

/**
 * A producer that stops at the first record that fails. Nothing that was sent behind that record
 * comes into its partition, so readers see no gap: whoever is started again sends all of it again.
 *
 * <p>An idempotent producer of Kafka alone does not give that. It goes on behind a record that
 * timed out or was rejected: a batch that never left has no sequence number yet, and for one that
 * did the producer takes a new epoch ({@code TransactionManager.maybeResolveSequences}, {@code
 * requestIdempotentEpochBumpForPartition}). Hence the producer is closed in the callback. That runs
 * in the thread that sends, which sends no further request after it and takes no new epoch; and
 * what is on its way behind the lost record the broker rejects as out of sequence.
 *
 * <p>For any thread.
 */
public final class FailStopProducer implements AutoCloseable {
  private final Producer<String, byte[]> producer;
  private final String problem;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /**
   * @param producer closed with this
   * @param problem how errors begin, for people: who cannot send what
   */
  public FailStopProducer(Producer<String, byte[]> producer, String problem) {
    this.producer = producer;
    this.problem = problem;
  }

  /**
   * Sends a record, as one of this version, and does not wait.
   *
   * @param acknowledged is called when the record is in the log, from the producer's thread
   * @return fails if the record does
   * @throws ServiceException if this or an earlier record cannot be sent
   */
  public Future<RecordMetadata> send(
      ProducerRecord<String, byte[]> record, Consumer<RecordMetadata> acknowledged) {
    failIfFailed();
    WriterVersion.mark(record);
    try {
      return producer.send(
          record,
          (metadata, cause) -> {
            if (cause == null) {
              acknowledged.accept(metadata);
            } else {
              stop(cause);
            }
          });
    } catch (RuntimeException e) {
      // Perhaps an earlier one failed meanwhile, which closed the producer.
      failIfFailed();
      throw e;
    }
  }

  private void stop(Throwable cause) {
    if (failure.compareAndSet(null, cause)) {
      producer.close(Duration.ZERO);
    }
  }

  /**
   * Sends a record and waits until it is in the log.
   *
   * @throws ExecutionException if it cannot be sent
   * @throws ServiceException if an earlier record could not be sent
   */
  public void sendAndWait(ProducerRecord<String, byte[]> record)
      throws ExecutionException, InterruptedException {
    send(record, metadata -> {}).get();
  }

  /**
   * Waits until all that was sent is acknowledged.
   *
   * @throws ServiceException if something cannot be sent
   */
  public void flush() {
    if (!hasFailed()) {
      producer.flush();
    }
    failIfFailed();
  }

  /** Whether a record could not be sent. */
  public boolean hasFailed() {
    return failure.get() != null;
  }

  /** Why the first record that failed did; empty if none has. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /**
   * @throws ServiceException if something could not be sent
   */
  public void failIfFailed() {
    Throwable cause = failure.get();
    if (cause != null) {
      throw new ServiceException(problem + ": " + FailureReason.of(cause), cause);
    }
  }

  /** Sends nothing more, not even what is on its way. */
  public void abandon() {
    producer.close(Duration.ZERO);
  }

  @Override
  public void close() {
    producer.close();
  }
}
