package org.sgsars.standalone;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.PartitionWorker.Waiting;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.Stage;
import org.sgsars.sgs.kafka.SgsStage;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.TileArrival;

/**
 * All stages of one run without a broker: topics of one partition in memory, each stage one record
 * at a time in turn. Where a stage is restored from a snapshot a fresh one takes its place, as in a
 * process that starts again: it reads shared topics from their beginning, and its input from the
 * first record that waits.
 *
 * <p>Arrivals of tiles come one in each part, and none in the last: this is what a record's parts
 * may be, though sgs-ars itself cuts them as large as they fit.
 */
final class StagesInMemory {
  /** Steps of a stage between two looks at shared topics: long enough for records to wait. */
  private static final int SHARED_INTERVAL = 64;

  /** Says after which records stages are restored, and from which snapshots. */
  @FunctionalInterface
  interface Restarts {
    Restarts NEVER = (stage, records, worker) -> Optional.empty();

    /** After every record, from what the stage saves then. */
    Restarts ALWAYS =
        (stage, records, worker) -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          worker.save(new DataOutputStream(bytes));
          return Optional.of(
              fresh ->
                  fresh.restore(
                      new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))));
        };

    /** Restores a worker without state. */
    @FunctionalInterface
    interface Restorer {
      void restore(PartitionWorker fresh) throws IOException;
    }

    /**
     * @param records how many of its input the stage has taken
     * @param worker as it is
     * @return empty if the stage goes on as it is
     */
    Optional<Restorer> after(Stage stage, int records, PartitionWorker worker) throws IOException;
  }

  /** What stands on a topic. */
  record Entry(String key, ByteBuffer value) {}

  private final Topics topics = new Topics("");
  private final RunCatalog catalog;
  private final Restarts restarts;
  private final Map<String, List<Entry>> log = new TreeMap<>();
  private final List<Loop> loops;
  private int waits;

  StagesInMemory(RunPlan plan, Policies policies, Restarts restarts) {
    this.catalog = RunCatalog.of(plan);
    this.restarts = restarts;
    topics.all().forEach(topic -> log.put(topic, new ArrayList<>()));
    this.loops =
        List.of(
            new Loop(() -> new SgsStage(policies)),
            new Loop(() -> new ArsStage(policies)),
            new Loop(() -> new CrossbarStage(policies)));
  }

  /** The topics. */
  Set<String> topics() {
    return log.keySet();
  }

  /** Everything on a topic, in order. */
  List<Entry> entries(String topic) {
    return Objects.requireNonNull(log.get(topic), topic);
  }

  /** Times that a record had to wait for shared ones. */
  int waits() {
    return waits;
  }

  /** Runs all stages until none has anything left to do. */
  void run(List<Entry> gradients) throws Exception {
    entries(topics.gradients()).addAll(gradients);
    boolean looks = false;
    boolean progress = true;
    while (progress || !looks) {
      // Where no stage has input left, all look at shared topics.
      looks = !progress;
      progress = false;
      for (Loop loop : loops) {
        progress |= loop.step(looks);
      }
    }
  }

  private void send(String topic, String key, byte[] value) {
    try {
      List<Entry> entries = entries(topic);
      if (topic.equals(topics.rowWrites())) {
        cut(WireFormat.ROW_WRITES.decode(value))
            .forEach(part -> entries.add(new Entry(key, ByteBuffer.wrap(part))));
      } else {
        entries.add(new Entry(key, ByteBuffer.wrap(value)));
      }
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  private static List<byte[]> cut(RowWrites record) throws WireException {
    if (record.getParts() != 1) {
      throw new AssertionError("arrivals of so small crossbars fit one record");
    }
    List<byte[]> parts = new ArrayList<>();
    List<TileArrival> arrivals = record.getArrivals();
    for (int part = 0; part <= arrivals.size(); part++) {
      boolean isLast = part == arrivals.size();
      RowWrites.Builder cut = RowWrites.newBuilder(record);
      if (!isLast) {
        cut.setLogicalRows(List.of())
            .setPhysicalRows(List.of())
            .setColumns(List.of())
            .setLevellingRows(List.of())
            .setMovedLogicalRows(List.of())
            .setMovedToPhysicalRows(List.of())
            .setValues(ByteBuffer.allocate(0));
      }
      cut.setPart(part)
          .setParts(arrivals.size() + 1)
          .setArrivals(isLast ? List.of() : List.of(arrivals.get(part)));
      parts.add(WireFormat.ROW_WRITES.encode(cut.build()));
    }
    return parts;
  }

  /** One stage's loop over its input. */
  private final class Loop {
    private final Supplier<Stage> fresh;
    private Stage stage;
    private PartitionWorker worker;
    private int position;
    private int steps;

    /** How far shared topics are read, and how far they were when what waits was offered last. */
    private final Map<String, Integer> shared = new HashMap<>();

    private Map<String, Integer> sharedWhenHeld = Map.of();

    /** Offsets of the records that wait, by layer. */
    private final Map<Waiting, Deque<Integer>> held = new HashMap<>();

    Loop(Supplier<Stage> fresh) {
      this.fresh = fresh;
      this.stage = fresh.get();
      this.worker = stage.open(topics, catalog);
    }

    private List<Entry> input() {
      return entries(stage.inputTopic(topics));
    }

    /** Whether there was anything to do. */
    boolean step(boolean looks) throws Exception {
      boolean progress = false;
      if (looks || ++steps % SHARED_INTERVAL == 0) {
        progress = readShared();
        progress |= offerHeld();
      }
      if (position < input().size()) {
        offerNew(position++);
        saveAndRestore(new ArrayDeque<>());
        progress = true;
      }
      return progress;
    }

    private boolean readShared() throws WireException {
      boolean read = false;
      for (String topic : stage.sharedTopics(topics)) {
        int from = shared.getOrDefault(topic, 0);
        int end = entries(topic).size();
        applyShared(topic, from, end);
        shared.put(topic, end);
        read |= end > from;
      }
      if (stage.pollRewind()) {
        rereadShared(shared);
      }
      return read;
    }

    private void rereadShared(Map<String, Integer> ends) throws WireException {
      for (String topic : stage.sharedTopics(topics)) {
        applyShared(topic, 0, ends.getOrDefault(topic, 0));
      }
    }

    private void applyShared(String topic, int from, int end) throws WireException {
      for (Entry entry : entries(topic).subList(from, end)) {
        stage.applyShared(topics, topic, entry.value().array());
      }
    }

    /** Offers again what waits: the layer whose first record came first is the first. */
    private boolean offerHeld() throws Exception {
      boolean progress = false;
      List<Waiting> waiting = new ArrayList<>(held.keySet());
      waiting.sort(
          Comparator.comparing(layer -> Objects.requireNonNull(held.get(layer)).getFirst()));
      for (Waiting layer : waiting) {
        Deque<Integer> offsets = Objects.requireNonNull(held.get(layer));
        while (!offsets.isEmpty() && offer(offsets.getFirst(), true).isEmpty()) {
          offsets.removeFirst();
          progress = true;
          saveAndRestore(offsets);
        }
        if (offsets.isEmpty()) {
          held.remove(layer);
        }
      }
      sharedWhenHeld = Map.copyOf(shared);
      return progress;
    }

    private void offerNew(int offset) throws BadRecordException {
      offer(offset, false)
          .ifPresent(waiting -> held.computeIfAbsent(waiting, w -> new ArrayDeque<>()).add(offset));
    }

    private Optional<Waiting> offer(int offset, boolean again) throws BadRecordException {
      Optional<Waiting> waiting =
          worker.process(
              input().get(offset).value().asReadOnlyBuffer(), again, StagesInMemory.this::send);
      waits += waiting.isPresent() ? 1 : 0;
      return waiting;
    }

    /**
     * @param goingOn records of the layer that goes on just now: they come after this
     */
    private void saveAndRestore(Deque<Integer> goingOn) throws Exception {
      Optional<Restarts.Restorer> restorer = restarts.after(stage, position, worker);
      if (restorer.isEmpty()) {
        return;
      }
      worker.close();
      stage = fresh.get();
      worker = stage.open(topics, catalog);
      restorer.get().restore(worker);
      // What else waits did so when this had come; with what came since it goes on in its turn.
      rereadShared(sharedWhenHeld);
      int first =
          held.values().stream().flatMap(Deque::stream).min(Integer::compare).orElse(position);
      for (int offset = first; offset < position; offset++) {
        Optional<Waiting> layer =
            goingOn.contains(offset) ? Optional.empty() : offer(offset, false);
        int again = offset;
        boolean waited =
            held.entrySet().stream()
                .anyMatch(
                    e ->
                        layer.filter(e.getKey()::equals).isPresent()
                            && e.getValue().contains(again));
        if (layer.isPresent() != waited) {
          throw new AssertionError(
              "record %d of %s waits: %s, but did before: %s"
                  .formatted(offset, stage.inputTopic(topics), layer.isPresent(), waited));
        }
      }
      rereadShared(shared);
      if (stage.pollRewind()) {
        rereadShared(shared);
      }
    }
  }
}
