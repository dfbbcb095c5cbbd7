package org.sgsars.service;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;
import org.sgsars.service.PartitionWorker.Waiting;
import org.sgsars.service.SteppedService.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stage at work, from joining its group to leaving it. For one thread. */
final class StageWork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StageWork.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** How long to wait for more before committing what is not committed yet. */
  private static final Duration QUIET = Duration.ofMillis(50);

  private static final long COMMIT_NANOS = Duration.ofMillis(100).toNanos();

  /** Between two polls for runs that are retired. */
  private static final long POLL_NANOS = Duration.ofSeconds(1).toNanos();

  /** Between two looks for the shared records that something waits for. */
  private static final Duration SHARED_POLL = Duration.ofMillis(5);

  private final Stage stage;
  private final SnapshotStore snapshots;
  private final StateSaver states;
  private final ServiceStatus status;
  private final Map<TopicPartition, Assignment> assignments;
  private final TimeSource time;
  private final StageClients clients;
  private final RunCatalog runs;
  private final Consumer<byte[], ByteBuffer> consumer;
  private final Outbox outbox;
  private final KnownDeadLetters letters;
  private final Commits commits;
  private final Optional<SharedTopics> shared;
  private long lastCommit;
  private long lastLook;
  private boolean abandoned;

  /**
   * Joins the stage's group.
   *
   * @param clients closed with this
   * @param assignments the partitions assigned to this instance, as they come and go; read by any
   *     thread
   * @throws ServiceException if the log cannot be used
   */
  StageWork(
      Stage stage,
      PipelineLog log,
      StageClients clients,
      SnapshotStore snapshots,
      StateSaver states,
      ServiceStatus status,
      Map<TopicPartition, Assignment> assignments) {
    this.stage = stage;
    this.snapshots = snapshots;
    this.states = states;
    this.status = status;
    this.assignments = assignments;
    this.time = log.time();
    this.clients = clients;
    this.consumer = clients.consumer();
    this.runs = clients.runs();
    String input = stage.inputTopic(log.topics());
    letters = new KnownDeadLetters(stage.service());
    commits = new Commits(stage.service(), assignments);
    outbox = new Outbox(stage.service(), log.topics(), status, clients.producer());
    shared = SharedTopics.of(stage, log, this::deadLetter, assignments.keySet());
    lastCommit = time.nanos();
    lastLook = lastCommit;
    Restarts restarts = new Restarts(stage, log, snapshots, runs, log.topicId(input));
    consumer.subscribe(
        List.of(input), new Rebalancing(this, restarts, consumer, () -> letters.read(log)));
  }

  Step step() {
    ConsumerRecords<byte[], ByteBuffer> records = consumer.poll(Duration.ZERO);
    if (records.isEmpty()) {
      outbox.flush();
      records = consumer.poll(pollTime());
    }
    if (time.nanos() - lastLook >= POLL_NANOS) {
      dropRetired();
      lastLook = time.nanos();
    }
    runs.expectNews();
    for (TopicPartition partition : records.partitions()) {
      process(partition, records.records(partition));
    }
    shared.ifPresent(this::offerHeld);
    outbox.failIfSendingFailed();
    long now = time.nanos();
    states.collect();
    if (states.isDue(now)) {
      startToSave(List.copyOf(assignments.keySet()));
    }
    if (now - lastCommit >= COMMIT_NANOS) {
      states.advanceOldestKept(assignments.values());
      commits.commit(consumer, outbox);
      status.lag(lag());
      lastCommit = now;
    }
    // The poll has waited, if there was nothing to do.
    return Step.AGAIN;
  }

  /** Evicts runs that are retired; before any record of another run that took the name. */
  private void dropRetired() {
    Set<String> retired = runs.drainRetired();
    if (!retired.isEmpty()) {
      letters.evictDeleted(consumer.beginningOffsets(consumer.assignment()));
    }
    for (String run : retired) {
      LOG.info("{} evicts run {}, which is retired", stage.service(), run);
      assignments.values().forEach(assignment -> assignment.worker.evict(run));
      stage.evict(run);
    }
  }

  private Duration pollTime() {
    if (assignments.values().stream().anyMatch(a -> !a.held.isEmpty())) {
      return SHARED_POLL;
    }
    return commits.areDone() ? POLL : QUIET;
  }

  /** Reads shared records, and offers those that waited for them again. */
  private void offerHeld(SharedTopics topics) {
    topics.read();
    long now = time.nanos();
    assignments.forEach((partition, assignment) -> offerHeld(partition, assignment, now));
    consumer.resume(consumer.paused());
    consumer.pause(
        assignments.entrySet().stream()
            .filter(entry -> entry.getValue().held.isPaused(now))
            .map(Map.Entry::getKey)
            .toList());
  }

  private void offerHeld(TopicPartition partition, Assignment assignment, long now) {
    HeldRecords held = assignment.held;
    if (held.isEmpty()) {
      return;
    }
    long done = 0;
    for (Waiting waiting : held.all()) {
      Optional<ConsumerRecord<byte[], ByteBuffer>> next = held.next(waiting);
      while (next.isPresent() && !offer(assignment, next.get(), true)) {
        held.remove(next.get(), waiting);
        done++;
        next = held.next(waiting);
      }
    }
    status.processed(Math.toIntExact(done));
    if (done > 0) {
      held.resumed(now);
    } else if (held.isAbandonCheckDue(now)) {
      abandonAborted(assignment);
    }
    held.pollRereadOffset()
        .ifPresent(
            from -> {
              consumer.seek(partition, from);
              assignment.position = from;
              assignment.expected = from;
            });
  }

  private void abandonAborted(Assignment assignment) {
    for (Waiting waiting : assignment.held.all()) {
      if (runs.isAborted(waiting.run())) {
        LOG.info(
            "{} waits no longer for run {}, which was aborted", stage.service(), waiting.run());
        assignment.worker.abandon(waiting);
        assignment.held.abandon(waiting);
      }
    }
  }

  private long lag() {
    return consumer.assignment().stream()
        .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
        .sum();
  }

  private void process(TopicPartition partition, List<ConsumerRecord<byte[], ByteBuffer>> records) {
    Assignment assignment = assignments.get(partition);
    if (assignment == null) {
      return;
    }
    int processed = 0;
    for (ConsumerRecord<byte[], ByteBuffer> record : records) {
      if (record.offset() > assignment.expected) {
        // Between the restart and its first poll, say, by who knew of a state that is lost since.
        LOG.warn(
            "{}: records {} to {} of {} were deleted before they were read",
            stage.service(),
            assignment.expected,
            record.offset() - 1,
            partition);
        assignment.worker.onGap();
      }
      assignment.expected = record.offset() + 1;
      processed += offer(assignment, record, false) ? 0 : 1;
      assignment.position = record.offset() + 1;
      states.count(Math.max(0, record.serializedValueSize()));
    }
    status.processed(processed);
    reportLostRuns(partition, assignment);
  }

  /** Only a run's producer can help: it begins the run anew. */
  private void reportLostRuns(TopicPartition partition, Assignment assignment) {
    for (String run : assignment.worker.drainLostRuns()) {
      outbox.stateLost(
          run,
          "no snapshot of %s in %s reaches to where its log begins, and the records before that are deleted"
              .formatted(partition, snapshots));
    }
  }

  /** Whether the record has to wait. */
  private boolean offer(
      Assignment assignment, ConsumerRecord<byte[], ByteBuffer> record, boolean again) {
    Output output = (topic, key, value) -> outbox.send(topic, record.partition(), key, value);
    try {
      ByteBuffer value = record.value() == null ? ByteBuffer.allocate(0) : record.value();
      Optional<Waiting> waits = assignment.worker.process(value, again, output);
      if (waits.isPresent() && !again) {
        assignment.held.hold(waits.get(), record, time.nanos());
      }
      return waits.isPresent();
    } catch (BadRecordException e) {
      deadLetter(record, record.key(), e);
      return false;
    } catch (ServiceException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new ServiceException(
          "%s cannot go on at %s-%d@%d: %s"
              .formatted(
                  stage.service(),
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  FailureReason.of(e)),
          e);
    }
  }

  private void deadLetter(
      ConsumerRecord<?, ?> record, byte @Nullable [] key, BadRecordException bad) {
    if (letters.isNew(record)) {
      outbox.deadLetter(record, key, bad);
    }
  }

  /** A layer that goes on from an older state needs the shared records that others have read. */
  void assigned(Map<TopicPartition, Assignment> fresh) {
    assignments.putAll(fresh);
    if (!fresh.isEmpty()) {
      shared.ifPresent(SharedTopics::rewind);
    }
    status.partitions(assignments.size());
  }

  /** Other instances have these partitions now. */
  void lost(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      Assignment lost = assignments.remove(partition);
      if (lost != null) {
        lost.worker.close();
      }
    }
    status.partitions(assignments.size());
  }

  /** Saves all that has moved on, and says so. */
  void saveAll() {
    save(List.copyOf(assignments.keySet()));
  }

  /** Output first, then state, then offset. */
  void save(Collection<TopicPartition> partitions) {
    if (!abandoned) {
      states.finish();
      startToSave(partitions);
      states.finish();
      commits.commit(consumer, outbox);
    }
  }

  private void startToSave(Collection<TopicPartition> partitions) {
    outbox.flush();
    states.start(partitions.stream().map(assignments::get).filter(Objects::nonNull).toList());
  }

  /** From here on nothing is saved, and nothing is sent. */
  void abandon() {
    abandoned = true;
    clients.producer().close(Duration.ZERO);
  }

  @Override
  public void close() {
    clients.close();
    shared.ifPresent(SharedTopics::close);
  }
}
