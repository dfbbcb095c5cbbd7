package org.sgsars.log.memory;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** A producer's records of one partition that are not acknowledged yet, in their order. */
final class Lane {
  private final MemoryLog log;
  private final BiConsumer<Delivery, @Nullable RuntimeException> done;
  private final Deque<Delivery> deliveries = new ArrayDeque<>();

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
    long now = log.time().nanos();
    while (!deliveries.isEmpty() && deliveries.element().isExpired(now)) {
      expire(deliveries.remove());
    }
    if (!log.faults().areBrokersThere()) {
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

  /** Time is over for all that cannot be acknowledged, even if those that wait are released. */
  synchronized void settle() {
    deliveries.forEach(Delivery::release);
    advance();
    while (!deliveries.isEmpty()) {
      expire(deliveries.remove());
      advance();
    }
  }

  private void expire(Delivery delivery) {
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
