package org.sgsars.log.memory;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * A producer's records of one partition that are not acknowledged yet, in their order.
 *
 * <p>Those behind one that has failed go on once its callback has run: with Kafka the thread that
 * sends runs the callbacks. So a callback that closes the producer keeps them out of the log.
 */
final class Lane {
  private final MemoryLog log;
  private final BiConsumer<Delivery, @Nullable RuntimeException> done;
  private final Deque<Delivery> deliveries = new ArrayDeque<>();

  /** One has failed, and its callback has not run yet. */
  private boolean failing;

  /**
   * @param done is given, in order, what is acknowledged, or else why it has failed; is called
   *     under the lane's lock
   */
  Lane(MemoryLog log, BiConsumer<Delivery, @Nullable RuntimeException> done) {
    this.log = log;
    this.done = done;
  }

  synchronized void add(Delivery delivery) {
    deliveries.add(delivery);
    advance();
  }

  synchronized boolean isEmpty() {
    return deliveries.isEmpty();
  }

  synchronized void collectWaiting(Collection<Delivery> waiting) {
    deliveries.stream().filter(Delivery::isWaitingForRelease).forEach(waiting::add);
  }

  /** Does with each what can be done now. */
  synchronized void advance() {
    if (!failing && !deliveries.isEmpty() && deliveries.element().isExpired(log.time().nanos())) {
      expire(deliveries.remove());
    }
    if (failing || !log.faults().areBrokersThere()) {
      return;
    }
    for (Delivery delivery : deliveries) {
      Optional<PartitionLog> into = log.partition(delivery.partition());
      if (!delivery.isInLog()) {
        if (into.isEmpty() || !delivery.mayComeIntoLog()) {
          break;
        }
        delivery.append(into.get());
      }
    }
    while (!deliveries.isEmpty() && deliveries.element().mayBeAcknowledged()) {
      done.accept(deliveries.remove(), null);
    }
  }

  /**
   * Time is over for the first that cannot be acknowledged, even if those that wait are released.
   */
  synchronized void expireFirst() {
    deliveries.forEach(Delivery::release);
    advance();
    if (!failing && !deliveries.isEmpty()) {
      expire(deliveries.remove());
    }
  }

  /** The callback of the one that has failed has run. */
  synchronized void failureIsKnown() {
    failing = false;
    advance();
  }

  private void expire(Delivery delivery) {
    failing = true;
    done.accept(
        delivery,
        Faults.undelivered(delivery.partition(), log.settings().deliveryTimeout().toMillis()));
  }

  /** Drops all that is not acknowledged. */
  synchronized void abort() {
    while (!deliveries.isEmpty()) {
      done.accept(deliveries.remove(), new KafkaException("Producer is closed forcefully."));
    }
  }
}
