package org.sgsars.service;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.WireException;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.PartitionWorker.Waiting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs a stage: polls the partitions its group gives it, lets a worker process each, sends what
 * comes of it, and saves the workers' states with the input offsets. After a stop, a crash or a
 * rebalance it goes on from the saved state and may send records again; whoever reads them skips
 * what he already applied.
 */
public final class ServiceLoop implements PipelineService {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceLoop.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Output waits for more while there is input: a request for every record costs all sides. */
  private static final Duration LINGER = Duration.ofMillis(50);

  /** How long to wait for more before committing what is not committed yet. */
  private static final Duration QUIET = Duration.ofMillis(50);

  private static final long COMMIT_NANOS = Duration.ofMillis(100).toNanos();

  /** Between two looks for runs that are over for good. */
  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

  /** Between two looks for the shared records that something waits for. */
  private static final Duration SHARED_POLL = Duration.ofMillis(5);

  /** Longest time to read shared records at one go. */
  private static final Duration SHARED_READING = Duration.ofMillis(100);

  private final Stage stage;
  private final KafkaAccess kafka;
  private final StateFolder folder;
  private final StateSaver states;
  private final ServiceStatus status;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Map<TopicPartition, Assignment> assignments = new ConcurrentHashMap<>();
  private final Commits commits;
  private boolean failed;

  private @Nullable KafkaConsumer<byte[], ByteBuffer> consumer;
  private @Nullable Outbox outbox;
  private @Nullable RunCatalog runs;
  private @Nullable String topicId;
  private @Nullable TopicReader shared;
  private boolean rewindShared;
  private final LetterBook letters;

  /**
   * @param saveInterval longest time between two saves while records come in
   */
  public ServiceLoop(Stage stage, KafkaAccess kafka, StateFolder folder, Duration saveInterval) {
    this.stage = stage;
    this.kafka = kafka;
    this.folder = folder;
    this.states = new StateSaver(stage.service(), folder, saveInterval);
    this.status = new ServiceStatus(stage.service(), this::progress);
    this.letters = new LetterBook(stage.service());
    this.commits = new Commits(stage.service(), assignments);
  }

  @Override
  public ServiceStatus status() {
    return status;
  }

  /**
   * Works until {@link #close()} is called.
   *
   * @throws ServiceException if it cannot go on
   */
  @Override
  public void run() {
    String input = stage.inputTopic(kafka.topics());
    try (KafkaConsumer<byte[], ByteBuffer> in = kafka.groupConsumer(stage.service());
        KafkaProducer<String, byte[]> out = kafka.producer(LINGER);
        RunCatalog catalog = new KafkaRunCatalog(kafka, stage.policies())) {
      consumer = in;
      outbox = new Outbox(stage.service(), kafka.topics(), status, out);
      runs = catalog;
      topicId = kafka.topicId(input);
      List<String> sharedTopics = stage.sharedTopics(kafka.topics());
      shared = sharedTopics.isEmpty() ? null : new TopicReader(kafka, sharedTopics);
      in.subscribe(List.of(input), new Rebalance());
      status.up();
      work(in, out);
    } catch (WakeupException e) {
      LOG.debug("{} was woken up to stop", stage.service());
    } catch (RuntimeException e) {
      status.failed(e);
      throw e;
    } finally {
      status.down();
      consumer = null;
      states.close();
      TopicReader reader = shared;
      if (reader != null) {
        reader.close();
      }
    }
  }

  private void work(KafkaConsumer<byte[], ByteBuffer> in, KafkaProducer<String, byte[]> out) {
    try {
      loop(in);
      saveAll();
    } catch (RuntimeException | Error e) {
      // From here on nothing is saved: a worker may have a record half behind it. And nothing is
      // sent after what could not be sent, or readers would see a gap that never fills.
      failed = true;
      out.close(Duration.ZERO);
      throw e;
    }
  }

  private void loop(KafkaConsumer<byte[], ByteBuffer> in) {
    long lastCommit = System.nanoTime();
    long lastLook = lastCommit;
    while (!stopping.get()) {
      ConsumerRecords<byte[], ByteBuffer> records = in.poll(Duration.ZERO);
      if (records.isEmpty()) {
        outbox().flush();
        records = in.poll(pollTime());
      }
      if (System.nanoTime() - lastLook >= LOOK_NANOS) {
        letGo();
        lastLook = System.nanoTime();
      }
      expectNews();
      for (TopicPartition partition : records.partitions()) {
        process(partition, records.records(partition));
      }
      goOn(in);
      outbox().failIfSendingFailed();
      long now = System.nanoTime();
      states.collect();
      if (states.isDue(now)) {
        startToSave(List.copyOf(assignments.keySet()));
      }
      if (now - lastCommit >= COMMIT_NANOS) {
        commits.commit(in, outbox());
        status.lag(lag(in));
        lastCommit = now;
      }
    }
  }

  private void expectNews() {
    RunCatalog catalog = runs;
    if (catalog != null) {
      catalog.expectNews();
    }
  }

  /**
   * Lets go of runs that are over for good; before any record of another run that took the name.
   */
  private void letGo() {
    RunCatalog catalog = runs;
    KafkaConsumer<byte[], ByteBuffer> in = consumer;
    Set<String> retired = catalog == null ? Set.of() : catalog.takeRetired();
    if (!retired.isEmpty() && in != null) {
      letters.forgetDeleted(in.beginningOffsets(in.assignment()));
    }
    for (String run : retired) {
      LOG.info("{} lets go of run {}, which is over for good", stage.service(), run);
      assignments.values().forEach(assignment -> assignment.worker.forget(run));
      stage.forget(run);
    }
  }

  private Duration pollTime() {
    if (assignments.values().stream().anyMatch(a -> !a.held.isEmpty())) {
      return SHARED_POLL;
    }
    return commits.areDone() ? POLL : QUIET;
  }

  /** Reads shared records, and offers those that waited for them again. */
  private void goOn(KafkaConsumer<byte[], ByteBuffer> in) {
    TopicReader reader = shared;
    if (reader == null) {
      return;
    }
    if (rewindShared) {
      reader.rewind();
      rewindShared = false;
    }
    long until = System.nanoTime() + SHARED_READING.toNanos();
    while (reader.poll(Duration.ZERO, this::takeShared) > 0 && System.nanoTime() < until) {
      // Until there is nothing left to read at once, or the group has to be polled again.
    }
    if (stage.takeRewind()) {
      rewindShared = true;
    }
    long now = System.nanoTime();
    for (Map.Entry<TopicPartition, Assignment> entry : assignments.entrySet()) {
      goOn(in, entry.getKey(), entry.getValue(), now);
    }
    in.resume(in.paused());
    in.pause(
        assignments.entrySet().stream()
            .filter(entry -> entry.getValue().held.asksForNoMore(now))
            .map(Map.Entry::getKey)
            .toList());
  }

  /** Offers what waits in a partition again. */
  private void goOn(
      KafkaConsumer<byte[], ByteBuffer> in,
      TopicPartition partition,
      Assignment assignment,
      long now) {
    HeldRecords held = assignment.held;
    if (held.isEmpty()) {
      return;
    }
    Output output = (topic, key, value) -> outbox().send(topic, partition.partition(), key, value);
    long done = 0;
    for (Waiting waiting : held.all()) {
      Optional<ConsumerRecord<byte[], ByteBuffer>> next = held.next(waiting);
      while (next.isPresent() && !offer(assignment, next.get(), true, output)) {
        held.remove(next.get(), waiting);
        done++;
        next = held.next(waiting);
      }
    }
    status.processed(Math.toIntExact(done));
    if (done > 0) {
      held.wentOn(now);
    } else if (held.isToBeGivenUp(now)) {
      giveUpAborted(assignment);
    }
    OptionalLong again = held.takeAgainFrom();
    if (again.isPresent()) {
      in.seek(partition, again.getAsLong());
      assignment.position = again.getAsLong();
    }
  }

  private void giveUpAborted(Assignment assignment) {
    RunCatalog catalog = runs;
    for (Waiting waiting : assignment.held.all()) {
      if (catalog != null && catalog.isAborted(waiting.run())) {
        LOG.info(
            "{} waits no longer for run {}, which was aborted", stage.service(), waiting.run());
        assignment.worker.giveUp(waiting);
        assignment.held.giveUp(waiting);
      }
    }
  }

  private void takeShared(ConsumerRecord<String, byte[]> record) {
    try {
      stage.takeShared(
          kafka.topics(), record.topic(), record.value() == null ? new byte[0] : record.value());
    } catch (WireException | RuntimeException e) {
      // All instances read it; the one that has the input's partition of that number says so.
      boolean isOurs =
          assignments.keySet().stream().anyMatch(p -> p.partition() == record.partition());
      if (isOurs) {
        deadLetter(
            record,
            record.key() == null ? null : record.key().getBytes(StandardCharsets.UTF_8),
            BadRecordException.unattributed(String.valueOf(e.getMessage())));
      }
    }
  }

  private static long lag(KafkaConsumer<byte[], ByteBuffer> in) {
    long lag = 0;
    for (TopicPartition partition : in.assignment()) {
      lag += in.currentLag(partition).orElse(0);
    }
    return lag;
  }

  private void process(TopicPartition partition, List<ConsumerRecord<byte[], ByteBuffer>> records) {
    Assignment assignment = assignments.get(partition);
    if (assignment == null) {
      return;
    }
    Output output = (topic, key, value) -> outbox().send(topic, partition.partition(), key, value);
    int processed = 0;
    for (ConsumerRecord<byte[], ByteBuffer> record : records) {
      processed += offer(assignment, record, false, output) ? 0 : 1;
      assignment.position = record.offset() + 1;
      states.count(Math.max(0, record.serializedValueSize()));
    }
    status.processed(processed);
    tellLostRuns(partition, assignment);
  }

  /** Only a run's producer can help: it begins the run anew. */
  private void tellLostRuns(TopicPartition partition, Assignment assignment) {
    for (String run : assignment.worker.takeLostRuns()) {
      outbox()
          .stateLost(
              run,
              "no snapshot of %s in %s reaches to where its log begins, and the records before that are deleted"
                  .formatted(partition, folder));
    }
  }

  /** Whether the record has to wait. */
  private boolean offer(
      Assignment assignment,
      ConsumerRecord<byte[], ByteBuffer> record,
      boolean again,
      Output output) {
    try {
      ByteBuffer value = record.value() == null ? ByteBuffer.allocate(0) : record.value();
      Optional<Waiting> waits = assignment.worker.process(value, again, output);
      if (waits.isPresent() && !again) {
        assignment.held.hold(waits.get(), record, System.nanoTime());
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
      outbox().deadLetter(record, key, bad);
    }
  }

  private Outbox outbox() {
    Outbox sending = outbox;
    if (sending == null) {
      throw new IllegalStateException("Not running");
    }
    return sending;
  }

  private void saveAll() {
    save(List.copyOf(assignments.keySet()));
  }

  /** Output first, then state, then offset. */
  private void save(Collection<TopicPartition> partitions) {
    KafkaConsumer<byte[], ByteBuffer> in = consumer;
    if (in == null || failed) {
      return;
    }
    states.finish();
    startToSave(partitions);
    states.finish();
    commits.commit(in, outbox());
  }

  private void startToSave(Collection<TopicPartition> partitions) {
    outbox().flush();
    states.start(partitions.stream().map(assignments::get).filter(Objects::nonNull).toList());
  }

  private List<PartitionWorker.LayerProgress> progress() {
    List<PartitionWorker.LayerProgress> all = new ArrayList<>();
    assignments.values().forEach(assignment -> all.addAll(assignment.worker.progress()));
    return all;
  }

  /** Asks the loop to save and stop; {@link #run()} returns soon after. */
  @Override
  public void close() {
    stopping.set(true);
  }

  private final class Rebalance implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        letters.read(kafka);
      }
      for (TopicPartition partition : partitions) {
        assign(partition);
      }
      // A layer that goes on from an older state needs what the others have behind them.
      rewindShared = true;
      status.partitions(assignments.size());
    }

    private void assign(TopicPartition partition) {
      KafkaConsumer<byte[], ByteBuffer> in = consumer;
      RunCatalog catalog = runs;
      if (in == null || catalog == null) {
        return;
      }
      // The topic's identity: a topic made anew under the old name must not meet the old state.
      String stateName = partition.topic() + "-" + topicId + "-" + partition.partition();
      Optional<StateFolder.Restored<PartitionWorker>> restored =
          folder.restore(
              stateName, () -> stage.open(kafka.topics(), catalog), PartitionWorker::restore);
      long logStart = in.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
      StartingPoint start =
          StartingPoint.of(
              restored.map(r -> OptionalLong.of(r.offset())).orElse(OptionalLong.empty()),
              doneByAnother(in, partition),
              logStart);
      Assignment assignment;
      if (restored.isPresent() && start.from() == StartingPoint.From.SNAPSHOT) {
        assignment = new Assignment(stateName, restored.get().state());
        assignment.saved = start.offset();
        assignment.oldestKept = restored.get().oldestKept();
      } else {
        restored.ifPresent(outdated -> outdated.state().close());
        assignment = new Assignment(stateName, stage.open(kafka.topics(), catalog));
      }
      if (start.isLate()) {
        assignment.worker.beginLate();
      }
      assignment.position =
          start.from() == StartingPoint.From.BEGINNING ? Assignment.NONE : start.offset();
      in.seek(partition, start.offset());
      log(partition, start);
      assignments.put(partition, assignment);
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
              "{} goes on with {} at offset {}: from {}",
              stage.service(),
              partition,
              start.offset(),
              from);
    }

    /** How far a replacement of this service has come since; 0 if there was none. */
    private long doneByAnother(KafkaConsumer<byte[], ByteBuffer> in, TopicPartition partition) {
      OffsetAndMetadata committed = in.committed(Set.of(partition)).get(partition);
      return committed == null || CommittedOffset.isOurs(committed) ? 0 : committed.offset();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      save(partitions);
      onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      for (TopicPartition partition : partitions) {
        Assignment lost = assignments.remove(partition);
        if (lost != null) {
          lost.worker.close();
        }
      }
      status.partitions(assignments.size());
    }
  }
}
