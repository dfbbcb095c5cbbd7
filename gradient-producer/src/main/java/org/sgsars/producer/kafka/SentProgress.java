package org.sgsars.producer.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.TimeSource;
import org.sgsars.service.PipelineLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many iterations of a run are on the broker for sure, so that a producer that was killed does
 * not send them again. It stands where the broker keeps such numbers: as the committed offset of a
 * group of the run's own.
 */
final class SentProgress implements LeadGuard.ProgressStore {
  private static final Logger LOG = LoggerFactory.getLogger(SentProgress.class);
  private static final long NOTE_NANOS = Duration.ofSeconds(1).toNanos();

  private final LogAdmin admin;
  private final String group;
  private final TopicPartition place;
  private final AtomicBoolean cannotNote = new AtomicBoolean();
  private final AtomicLong noted = new AtomicLong();
  private final TimeSource time;
  private final boolean isWhole;
  private long lastNote;

  /**
   * @param run with the number of its attempt
   * @param shard whose iterations are counted
   */
  SentProgress(LogAdmin admin, PipelineLog log, String run, Shard shard) {
    this.admin = admin;
    this.group = log.sentGroup(run);
    this.place = place(log, shard);
    this.isWhole = shard.isWhole();
    this.time = log.time();
    this.lastNote = time.nanos();
  }

  /**
   * Which offset of the group it is. Those of shards stand apart, by another topic's name: what one
   * of them noted is not how far the run is.
   */
  private static TopicPartition place(PipelineLog log, Shard shard) {
    return shard.isWhole() ? ofWhole(log) : new TopicPartition(log.topics().runs(), shard.index());
  }

  /** Which offset of its group counts the iterations of a run that one producer sends. */
  static TopicPartition ofWhole(PipelineLog log) {
    return new TopicPartition(log.topics().gradients(), 0);
  }

  /** What was noted last; 0 if nothing was. */
  long read() {
    try {
      OffsetAndMetadata found = admin.committed(group).get(place);
      noted.set(found == null ? 0 : found.offset());
      return noted.get();
    } catch (InterruptException e) {
      throw new ServiceException("Stopped while waiting for Kafka", e);
    } catch (KafkaException e) {
      LOG.info("How far the run was sent is not known: {}", e.getMessage());
      return 0;
    }
  }

  /** At most once a second. A note that is lost costs time and nothing else. */
  @Override
  public void save(long iterations) {
    long now = time.nanos();
    if (now - lastNote >= NOTE_NANOS) {
      lastNote = now;
      commit(iterations).whenComplete((done, failure) -> warn(failure));
    }
  }

  /**
   * @throws KafkaException if it cannot be noted now, and later perhaps can
   */
  @Override
  public void saveNow(long iterations) {
    try {
      LogAdmin.await(commit(iterations));
    } catch (KafkaException e) {
      if (ConsumerWait.mayGetBetter(e)) {
        throw e;
      }
      warn(e);
    }
  }

  @Override
  public long saved() {
    return noted.get();
  }

  private CompletionStage<Void> commit(long iterations) {
    return admin
        .commit(group, Map.of(place, new OffsetAndMetadata(iterations)))
        .thenRun(() -> noted.set(iterations));
  }

  private void warn(@Nullable Throwable failure) {
    if (failure != null
        && !ConsumerWait.mayGetBetter(failure)
        && cannotNote.compareAndSet(false, true)) {
      LOG.warn(
          "How far the run is sent cannot be noted, and a producer that is started again sends all of it: {}",
          failure.getMessage());
    }
  }

  /**
   * The run has ended; where other shards may continue, the analyzer deletes it when it retires the
   * run.
   */
  void delete() {
    if (!isWhole) {
      return;
    }
    try {
      admin.deleteGroups(List.of(group));
    } catch (KafkaException e) {
      LOG.debug("Group {} stays until the broker expires it", group, e);
    }
  }
}
