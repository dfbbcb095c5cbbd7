package org.sgsars.service;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how far we are, for which the producer waits, and in its metadata from where on records are
 * still needed: from the oldest state that is kept, if a newer one is lost. Our own way back is a
 * saved state and never this; but another program in our place begins here, so what comes of the
 * records before it has to be out.
 */
final class Commits {
  private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

  /** Longer than that the loop does not stand still for a commit; another follows. */
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final String service;
  private final Map<TopicPartition, Assignment> assignments;

  /**
   * @param service named in the log
   * @param assignments the partitions assigned to this instance, as they come and go
   */
  Commits(String service, Map<TopicPartition, Assignment> assignments) {
    this.service = service;
    this.assignments = assignments;
  }

  /** Whether there is nothing to say. */
  boolean areDone() {
    return assignments.values().stream()
        .allMatch(a -> a.safePosition() == a.committed && a.oldestKept == a.committedKept);
  }

  /**
   * Commits what has changed. What cannot be committed now, is with the next one.
   *
   * @param outbox is flushed before
   */
  void commit(Consumer<byte[], ByteBuffer> in, Outbox outbox) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    assignments.forEach(
        (partition, assignment) -> {
          long position = assignment.safePosition();
          if (assignment.position != Assignment.NONE
              && (position != assignment.committed
                  || assignment.oldestKept != assignment.committedKept)) {
            offsets.put(
                partition,
                new OffsetAndMetadata(position, CommittedOffset.metadata(assignment.oldestKept)));
          }
        });
    if (offsets.isEmpty()) {
      return;
    }
    outbox.flush();
    try {
      in.commitSync(offsets, TIMEOUT);
      offsets.forEach(
          (partition, offset) -> {
            Assignment assignment = assignments.get(partition);
            if (assignment != null) {
              assignment.committed = offset.offset();
              assignment.committedKept = assignment.oldestKept;
            }
          });
    } catch (KafkaException e) {
      LOG.info("{} could not commit its offsets: {}", service, e.getMessage());
    }
  }
}
