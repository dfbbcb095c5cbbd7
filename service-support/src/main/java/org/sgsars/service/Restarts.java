package org.sgsars.service;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Finds where processing of a partition resumes, and makes the worker that does. */
final class Restarts {
  private static final Logger LOG = LoggerFactory.getLogger(Restarts.class);

  private final Stage stage;
  private final PipelineLog log;
  private final SnapshotStore snapshots;
  private final RunCatalog runs;
  private final String topicId;

  /**
   * @param topicId the input's identity: a topic made anew under the old name must not restore the
   *     old state
   */
  Restarts(Stage stage, PipelineLog log, SnapshotStore snapshots, RunCatalog runs, String topicId) {
    this.stage = stage;
    this.log = log;
    this.snapshots = snapshots;
    this.runs = runs;
    this.topicId = topicId;
  }

  /** A partition's worker, as of the record from which the consumer then resumes. */
  Assignment assignment(TopicPartition partition, Consumer<byte[], ByteBuffer> in) {
    SnapshotStore.Key key =
        new SnapshotStore.Key(
            partition.topic() + "-" + topicId + "-" + partition.partition(), partition.partition());
    long logStart = in.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
    long doneByAnother = committedByReplacement(in, partition);
    Optional<SnapshotStore.Restored<PartitionWorker>> restored =
        snapshots.restore(
            key, Math.max(doneByAnother, logStart), this::fresh, PartitionWorker::restore);
    StartingPoint start =
        StartingPoint.of(
            restored.map(r -> OptionalLong.of(r.offset())).orElse(OptionalLong.empty()),
            doneByAnother,
            logStart);
    Assignment assignment;
    if (restored.isPresent() && start.from() == StartingPoint.From.SNAPSHOT) {
      assignment = new Assignment(key, restored.get().state());
      assignment.saved = start.offset();
      assignment.oldestKept = restored.get().oldestKept();
    } else {
      assignment = new Assignment(key, fresh());
    }
    if (start.isLate()) {
      assignment.worker.onGap();
    }
    assignment.position =
        start.from() == StartingPoint.From.BEGINNING ? Assignment.NONE : start.offset();
    assignment.expected = start.offset();
    in.seek(partition, start.offset());
    log(partition, start);
    return assignment;
  }

  private PartitionWorker fresh() {
    return stage.open(log.topics(), runs);
  }

  private void log(TopicPartition partition, StartingPoint start) {
    String from =
        switch (start.from()) {
          case SNAPSHOT -> "its snapshot";
          case COMMIT_OF_ANOTHER -> "where another program in its place stopped";
          case BEGINNING -> "the beginning";
          case LOST ->
              "the beginning of the log, whose first records are deleted and in no snapshot";
        };
    LOG.atLevel(start.from() == StartingPoint.From.LOST ? Level.WARN : Level.INFO)
        .log(
            "{} resumes {} at offset {} from {}", stage.service(), partition, start.offset(), from);
  }

  /** The offset that a replacement of this service committed since; 0 if there was none. */
  private static long committedByReplacement(
      Consumer<byte[], ByteBuffer> in, TopicPartition partition) {
    OffsetAndMetadata committed = in.committed(Set.of(partition)).get(partition);
    return committed == null || CommittedOffset.isOurs(committed) ? 0 : committed.offset();
  }
}
