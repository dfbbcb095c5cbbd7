package org.sgsars.producer.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.TimeSource;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.Selection;
import org.sgsars.model.TrainingPlan;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.WriterVersion;
import org.sgsars.source.NetworkWeights;
import org.sgsars.source.SourceException;
import org.sgsars.wire.DeadLetter;
import org.sgsars.wire.Weights;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the crossbars of a run's trainings hold, from where the topics end when it is made. A
 * service that was restarted may say things twice; what is known already is skipped.
 */
final class WeightsReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WeightsReader.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int MOST_AHEAD = 2;
  private static final Duration FIRST_WARNING = Duration.ofSeconds(5);
  private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

  /**
   * How long what was read stays, by this process's own clock: another run's reader may be behind,
   * but never so far. Timestamps are of clocks that may differ by hours.
   */
  private static final Duration KEPT = Duration.ofMinutes(10);

  private static final Duration BETWEEN_DELETIONS = Duration.ofSeconds(30);

  /** What an iteration made of some cells. */
  private record Change(int layer, long iteration, Selection cells, float[] values) {}

  private final PipelineLog log;
  private final LogAdmin admin;
  private final RunPlan plan;
  private final int partitions;
  private final TrainingPlan trainings;
  private final Consumer<String, byte[]> consumer;

  /** All weights and dead letters. */
  private final List<TopicPartition> read = new ArrayList<>();

  private final List<NetworkWeights> weights = new ArrayList<>();

  /** For each training and layer the first iteration that {@link #weights} does not hold. */
  private final List<long[]> next = new ArrayList<>();

  /**
   * Weights of later iterations than are asked for, for each training and layer. A training that
   * goes on after a restart repeats iterations whose answers are on the topic already.
   */
  private final List<List<Deque<Change>>> ahead = new ArrayList<>();

  /** For each training the last iteration that was asked for. */
  private final long[] wanted;

  /** Where each partition of weights was read to at the last save, and at the one before. */
  private Map<TopicPartition, Long> saved = new HashMap<>();

  private Map<TopicPartition, Long> savedBefore = new HashMap<>();

  /** Where each partition of weights was read to at some moment. */
  private record Reached(long nanos, Map<TopicPartition, Long> positions) {}

  /** Since the last moment before {@link #KEPT}, the oldest first. */
  private final Deque<Reached> reached = new ArrayDeque<>();

  private @Nullable String ended;
  private final TimeSource time;
  private long deletedAt;

  /** Whether something is waited for, and when that is to be said. */
  private boolean waits;

  private long warnAt;

  /**
   * @param plan a run whose manifest is not sent yet, or that {@link #restore} resumes
   * @param partitions of each topic
   * @param isSaved whether what it knows is saved now and then, and records since then have to stay
   */
  WeightsReader(PipelineLog log, LogAdmin admin, RunPlan plan, int partitions, boolean isSaved) {
    this.log = log;
    this.time = log.time();
    this.deletedAt = time.nanos();
    this.admin = admin;
    this.plan = plan;
    this.partitions = partitions;
    this.trainings = plan.training().orElseThrow();
    for (int training = 0; training < trainings.count(); training++) {
      weights.add(new NetworkWeights(plan.layers()));
      long[] first = new long[plan.layers().size()];
      Arrays.fill(first, -1);
      next.add(first);
      ahead.add(plan.layers().stream().<Deque<Change>>map(layer -> new ArrayDeque<>()).toList());
    }
    wanted = new long[trainings.count()];
    Arrays.fill(wanted, -1);
    for (int partition = 0; partition < partitions; partition++) {
      read.add(new TopicPartition(log.topics().weights(), partition));
      read.add(new TopicPartition(log.topics().deadLetters(), partition));
    }
    consumer = log.readAllConsumer();
    consumer.assign(read);
    consumer.seekToEnd(read);
    // Only asking for the position makes it known.
    read.forEach(consumer::position);
    if (isSaved) {
      saved = positions();
      savedBefore = saved;
    }
  }

  /** Where the partitions of weights are read to. */
  private Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    for (TopicPartition partition : read) {
      if (partition.topic().equals(log.topics().weights())) {
        positions.put(partition, consumer.position(partition));
      }
    }
    return positions;
  }

  /** Writes what is known, and where the topic goes on from there. Only when caught up. */
  void save(DataOutput out) throws IOException {
    for (int training = 0; training < trainings.count(); training++) {
      for (long first : next.get(training)) {
        out.writeLong(first);
      }
      weights.get(training).save(out);
    }
    for (TopicPartition partition : read) {
      out.writeLong(consumer.position(partition));
    }
  }

  /** What is known now is saved, and the save before the last is not needed any more. */
  void recordSaved() {
    savedBefore = saved;
    saved = positions();
  }

  /**
   * Resumes where another reader was when it saved this.
   *
   * @return whether the topic still holds what came since then; if not, this is of no use
   */
  boolean restore(DataInput in) throws IOException {
    for (int training = 0; training < trainings.count(); training++) {
      long[] ofTraining = next.get(training);
      for (int layer = 0; layer < ofTraining.length; layer++) {
        ofTraining[layer] = in.readLong();
      }
      weights.get(training).restore(in);
    }
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(read);
    for (TopicPartition partition : read) {
      long offset = in.readLong();
      long start = starts.getOrDefault(partition, 0L);
      boolean isThere = offset >= start && offset <= consumer.position(partition);
      if (!isThere && partition.topic().equals(log.topics().weights())) {
        return false;
      }
      consumer.seek(partition, isThere ? offset : start);
    }
    saved = positions();
    savedBefore = saved;
    return true;
  }

  /** What the crossbars of a training hold, as far as it was read. */
  NetworkWeights weights(int training) {
    return weights.get(training);
  }

  /**
   * Whether it is known by now what the crossbars of a training hold after an iteration; reads on
   * if it is not, and waits a little for that.
   *
   * @param iteration -1 for the initial weights
   * @throws SourceException if a layer of a training has ended, saying which and why
   */
  boolean isKnown(int training, long iteration) throws SourceException {
    if (!waits) {
      request(training, iteration);
      waits = true;
      warnAt = time.nanos() + FIRST_WARNING.toNanos();
      // What others wait for must not stay unread behind it.
      read(Duration.ZERO);
    } else {
      read(POLL);
    }
    if (!has(training, iteration)) {
      if (time.nanos() - warnAt >= 0) {
        LOG.warn("Still waiting for {}", missing(training, iteration));
        warnAt = time.nanos() + BETWEEN_WARNINGS.toNanos();
      }
      return false;
    }
    waits = false;
    if (time.nanos() - deletedAt >= BETWEEN_DELETIONS.toNanos()) {
      deleteOld();
      deletedAt = time.nanos();
    }
    return true;
  }

  private void read(Duration patience) throws SourceException {
    pauseFull();
    consumer.poll(patience).forEach(this::process);
    if (ended != null) {
      throw new SourceException("The training cannot go on: " + ended);
    }
  }

  private void request(int training, long iteration) {
    wanted[training] = iteration;
    for (Deque<Change> changes : ahead.get(training)) {
      while (!changes.isEmpty() && changes.element().iteration() <= iteration) {
        apply(training, changes.remove());
      }
    }
  }

  /**
   * Leaves on the topic what is not asked for in a while. What is, stands before it in each
   * partition: gradients are sent when the weights of the iteration before are there, or, of the
   * trainings that come later, of the one before that.
   */
  private void pauseFull() {
    Set<TopicPartition> full = new HashSet<>();
    for (List<Deque<Change>> ofTraining : ahead) {
      for (int layer = 0; layer < ofTraining.size(); layer++) {
        if (ofTraining.get(layer).size() >= MOST_AHEAD) {
          int partition = Topics.partition(plan.run(), layer, partitions);
          full.add(new TopicPartition(log.topics().weights(), partition));
        }
      }
    }
    if (!full.equals(consumer.paused())) {
      consumer.resume(consumer.paused());
      consumer.pause(full);
    }
  }

  /** Whether all that was read is in {@link #weights}. */
  boolean isCaughtUp() {
    return ahead.stream().flatMap(List::stream).allMatch(Deque::isEmpty);
  }

  private boolean has(int training, long iteration) {
    return Arrays.stream(next.get(training)).allMatch(first -> first > iteration);
  }

  /** What does not come, for people. */
  private String missing(int training, long iteration) {
    int layer = 0;
    while (next.get(training)[layer] > iteration) {
      layer++;
    }
    return "what the crossbars of scenario %s, layer %s hold after iteration %d; are all services up, and what do their dead letters say?"
        .formatted(
            plan.scenarios().get(trainings.scenarios().get(training)).name(),
            plan.layers().get(layer).name(),
            iteration);
  }

  private void process(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    boolean isLetter = record.topic().equals(log.topics().deadLetters());
    try {
      if (isLetter) {
        applyLetter(WireFormat.DEAD_LETTER.decode(value));
      } else if (isOurs(record.key())) {
        applyWeights(WireFormat.WEIGHTS.decode(value));
      }
    } catch (WireException e) {
      String problem =
          "%s-%d@%d cannot be used: %s"
              .formatted(
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  WriterVersion.explain(e, record));
      if (isLetter) {
        LOG.warn(problem);
      } else {
        ended = problem;
      }
    }
  }

  private boolean isOurs(@Nullable String key) {
    return key != null
        && plan.layers().stream()
            .anyMatch(layer -> key.equals(Topics.key(plan.run(), layer.name())));
  }

  private void applyLetter(DeadLetter letter) {
    boolean isOfTraining =
        letter.getScenarios().isEmpty() || letter.getScenarios().stream().anyMatch(plan::trains);
    // In lock step nothing comes after what is missing.
    if (plan.run().equals(letter.getRun()) && isOfTraining) {
      ended =
          "%s cannot use a record of %s: %s"
              .formatted(
                  letter.getService(),
                  letter.getLayer() == null ? "the run" : "layer " + letter.getLayer(),
                  letter.getReason());
    }
  }

  private void applyWeights(Weights record) throws WireException {
    int training = trainings.scenarios().indexOf(record.getScenario());
    if (!plan.run().equals(record.getRun()) || training < 0) {
      throw new WireException("scenario %d does not train".formatted(record.getScenario()));
    }
    if (record.getLayer() < 0 || record.getLayer() >= plan.layers().size()) {
      throw new WireException("there is no layer %d".formatted(record.getLayer()));
    }
    Deque<Change> later = ahead.get(training).get(record.getLayer());
    long expected = next.get(training)[record.getLayer()] + later.size();
    LayerShape layer = plan.layers().get(record.getLayer());
    if (record.getIteration() < expected) {
      return;
    }
    if (record.getIteration() > expected) {
      throw new WireException(
          "weights of layer %s come for iteration %d where %d should"
              .formatted(layer.name(), record.getIteration(), expected));
    }
    Change change =
        new Change(
            record.getLayer(),
            record.getIteration(),
            WireModel.selection(record.getExtent(), record.getRows(), record.getColumns(), layer),
            WireModel.values(record.getValues(), record.getExtent(), record.getRows(), layer));
    if (change.iteration() <= wanted[training]) {
      apply(training, change);
    } else {
      later.add(change);
    }
  }

  private void apply(int training, Change change) {
    NetworkWeights of = weights.get(training);
    change
        .cells()
        .forEachCell(
            plan.layers().get(change.layer()),
            (i, row, column) -> of.set(change.layer(), row, column, change.values()[i]));
    next.get(training)[change.layer()]++;
  }

  /** Nobody reads it again. What is not deleted now is another time. */
  private void deleteOld() {
    reached.add(new Reached(time.nanos(), positions()));
    Reached old = null;
    while (!reached.isEmpty() && time.nanos() - reached.element().nanos() >= KEPT.toNanos()) {
      old = reached.remove();
    }
    if (old != null) {
      Map<TopicPartition, Long> before = new HashMap<>(old.positions());
      savedBefore.forEach((partition, offset) -> before.merge(partition, offset, Math::min));
      admin.deleteRecords(before);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
