package org.sgsars.producer.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.KafkaAccess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many iterations of a run are on the broker for sure, so that a producer that was killed does
 * not send them again. It stands where the broker keeps such numbers: as the committed offset of a
 * group of the run's own.
 */
final class SentProgress {
  private static final Logger LOG = LoggerFactory.getLogger(SentProgress.class);
  private static final long NOTE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Admin admin;
  private final String group;
  private final TopicPartition place;
  private final AtomicBoolean cannotNote = new AtomicBoolean();
  private long lastNote;

  /**
   * @param run with the number of its attempt
   */
  SentProgress(Admin admin, KafkaAccess kafka, String run) {
    this.admin = admin;
    this.group = kafka.sentGroup(run);
    this.place = new TopicPartition(kafka.topics().gradients(), 0);
    this.lastNote = System.nanoTime();
  }

  /** What was noted last; 0 if nothing was. */
  long read() {
    try {
      OffsetAndMetadata noted =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(place);
      return noted == null ? 0 : noted.offset();
    } catch (ExecutionException e) {
      LOG.info("How far the run was sent is not known: {}", e.getMessage());
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException("Stopped while waiting for Kafka", e);
    }
  }

  /** Notes it, at most once a second. A note that is lost costs time and nothing else. */
  void note(long iterations) {
    long now = System.nanoTime();
    if (now - lastNote >= NOTE_NANOS) {
      lastNote = now;
      admin
          .alterConsumerGroupOffsets(group, Map.of(place, new OffsetAndMetadata(iterations)))
          .all()
          .whenComplete((done, failure) -> warn(failure));
    }
  }

  private void warn(@Nullable Throwable failure) {
    if (failure != null
        && !Patience.mayGetBetter(failure)
        && cannotNote.compareAndSet(false, true)) {
      LOG.warn(
          "How far the run is sent cannot be noted, and a producer that is started again sends all of it: {}",
          failure.getMessage());
    }
  }

  /** The run is over. */
  void forget() {
    try {
      admin.deleteConsumerGroups(List.of(group)).all().get();
    } catch (ExecutionException e) {
      LOG.debug("Group {} stays until the broker forgets it", group, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
