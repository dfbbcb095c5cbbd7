package org.sgsars.service;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows many layers of many runs through one partition: finds each record's layer, skips what was
 * applied before, and ends a layer whose records have a gap.
 *
 * @param <R> the input record
 */
public abstract class LayerWorker<R> implements PartitionWorker {
  /**
   * Where a record stands.
   *
   * @param stream index of the sparsifier or scenario the record belongs to; 0 where records are
   *     the layer's own
   * @param step number of the record among the {@code steps} of its iteration
   */
  public record Position(String run, int stream, int layer, long iteration, int step, int steps) {}

  private record TrackKey(String run, int stream, int layer) implements Comparable<TrackKey> {
    @Override
    public int compareTo(TrackKey other) {
      int byRun = run.compareTo(other.run);
      int byStream = byRun != 0 ? byRun : Integer.compare(stream, other.stream);
      return byStream != 0 ? byStream : Integer.compare(layer, other.layer);
    }
  }

  private enum Phase {
    RUNNING,
    FINISHED,
    ENDED
  }

  private final class Track {
    final RunPlan plan;
    final String key;
    volatile long iteration;
    int step;
    volatile Phase phase = Phase.RUNNING;

    /**
     * The next record waits for shared records, and is with those behind it in the loop's hands.
     */
    boolean waits;

    /** Waited in vain; records are passed over until the next one comes again. */
    boolean givenUp;

    /** No record was applied. */
    boolean isFresh = true;

    @Nullable LayerState<R> state;

    Track(RunPlan plan, int layer, long iteration) {
      this.plan = plan;
      this.key = Topics.key(plan.run(), plan.layers().get(layer).name());
      this.iteration = iteration;
    }

    void leave(Phase next) {
      phase = next;
      close();
      state = null;
    }

    void close() {
      LayerState<R> last = state;
      if (last != null) {
        last.close();
      }
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(LayerWorker.class);

  private final RunCatalog runs;
  private final String outputTopic;
  private final Map<TrackKey, Track> tracks = new ConcurrentSkipListMap<>();

  /** Runs whose first records here may be gone, with the state that came of them. */
  private final Set<String> cutRuns = new TreeSet<>();

  private final Set<String> lostRuns = new TreeSet<>();

  protected LayerWorker(RunCatalog runs, String outputTopic) {
    this.runs = runs;
    this.outputTopic = outputTopic;
  }

  /** The record; it is not used after the call that it was decoded for. */
  protected abstract R decode(ByteBuffer value) throws WireException;

  protected abstract Position position(R record);

  /** Number of streams a run has here: sparsifiers, scenarios, or 1. */
  protected abstract int streams(RunPlan plan);

  /** Indices of the scenarios that a stream feeds; empty for all. */
  protected List<Integer> scenarios(RunPlan plan, int stream) {
    return List.of();
  }

  /** The first iteration that records of a stream have. */
  protected long firstIteration(RunPlan plan, int stream) {
    return 0;
  }

  /**
   * A layer before its first record.
   *
   * @throws IllegalArgumentException if the run asks for what this service does not have
   */
  protected abstract LayerState<R> open(RunPlan plan, int stream, int layer);

  @Override
  public final Optional<Waiting> process(ByteBuffer value, boolean again, Output output)
      throws BadRecordException {
    R record;
    try {
      record = decode(value);
    } catch (WireException e) {
      throw BadRecordException.unattributed(String.valueOf(e.getMessage()));
    }
    Position at = position(record);
    Optional<Track> found = track(at);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Track track = found.get();
    if (track.phase != Phase.RUNNING || isRepeated(at, track)) {
      return Optional.empty();
    }
    if (track.waits && !again) {
      return Optional.of(waiting(at));
    }
    track.waits = false;
    if (isPassedOver(at, track)) {
      return Optional.empty();
    }
    LayerState<R> state = track.state;
    if (!isNext(at, track) && track.isFresh && cutRuns.contains(at.run())) {
      // Nothing is wrong with the record.
      track.leave(Phase.ENDED);
      lostRuns.add(at.run());
      return Optional.empty();
    }
    if (!isNext(at, track) || state == null) {
      throw end(
          track,
          at,
          "iteration %d (record %d of %d) came where iteration %d (record %d) should; records between are missing"
              .formatted(
                  at.iteration(), at.step() + 1, at.steps(), track.iteration, track.step + 1));
    }
    try {
      LayerState.LayerOutput sending = new Sending(track.key, output);
      if (!state.isReady(record, sending)) {
        track.waits = true;
        return Optional.of(waiting(at));
      }
      state.apply(record, sending);
      track.isFresh = false;
    } catch (WireException e) {
      throw end(track, at, "iteration %d: %s".formatted(at.iteration(), e.getMessage()));
    }
    advance(track, at);
    return Optional.empty();
  }

  @Override
  public final void beginLate() {
    cutRuns.addAll(runs.announced());
  }

  @Override
  public final Set<String> takeLostRuns() {
    Set<String> lost = Set.copyOf(lostRuns);
    lostRuns.clear();
    return lost;
  }

  private static Waiting waiting(Position at) {
    return new Waiting(at.run(), new TrackKey(at.run(), at.stream(), at.layer()));
  }

  @Override
  public final void giveUp(Waiting waiting) {
    if (waiting.subject() instanceof TrackKey key && tracks.containsKey(key)) {
      Track track = Objects.requireNonNull(tracks.get(key));
      track.waits = false;
      track.givenUp = true;
    }
  }

  private boolean isPassedOver(Position at, Track track) {
    if (track.givenUp && isNext(at, track) && !runs.isAborted(at.run())) {
      track.givenUp = false;
    }
    return track.givenUp;
  }

  private static boolean isNext(Position at, LayerWorker<?>.Track track) {
    return at.iteration() == track.iteration && at.step() == track.step;
  }

  private final class Sending implements LayerState.LayerOutput {
    private final String key;
    private final Output output;

    Sending(String key, Output output) {
      this.key = key;
      this.output = output;
    }

    @Override
    public void send(byte[] value) throws WireException {
      share(outputTopic, value);
    }

    @Override
    public void share(String topic, byte[] value) throws WireException {
      if (value.length > KafkaAccess.MAX_RECORD_BYTES) {
        throw new WireException(
            "what follows takes a record of %d bytes on %s, more than the %d that fit; write fewer cells per iteration or report selections at shorter intervals"
                .formatted(value.length, topic, KafkaAccess.MAX_RECORD_BYTES));
      }
      output.send(topic, key, value);
    }
  }

  private static boolean isRepeated(Position at, LayerWorker<?>.Track track) {
    return at.iteration() < track.iteration
        || (at.iteration() == track.iteration && at.step() < track.step);
  }

  private void advance(Track track, Position at) {
    if (at.step() + 1 < at.steps()) {
      track.step = at.step() + 1;
      return;
    }
    track.step = 0;
    track.iteration = at.iteration() + 1;
    if (track.iteration == track.plan.iterations()) {
      track.leave(Phase.FINISHED);
    }
  }

  private BadRecordException end(Track track, Position at, String reason) {
    track.leave(Phase.ENDED);
    return BadRecordException.endingLayer(
        reason + "; the layer ends here and its later records are skipped",
        at.run(),
        track.plan.layers().get(at.layer()).name(),
        track.iteration,
        scenarios(track.plan, at.stream()));
  }

  /** Empty if the run is over for good. */
  private Optional<Track> track(Position at) throws BadRecordException {
    TrackKey key = new TrackKey(at.run(), at.stream(), at.layer());
    Track known = tracks.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<RunPlan> plan = runs.find(at.run());
    if (plan.isEmpty() && runs.isRetired(at.run())) {
      return Optional.empty();
    }
    Track fresh = newTrack(key, plan);
    endEarlierAttempts(at.run());
    try {
      fresh.state = open(fresh.plan, at.stream(), at.layer());
    } catch (IllegalArgumentException e) {
      tracks.put(key, fresh);
      throw end(fresh, at, String.valueOf(e.getMessage()));
    } catch (OutOfMemoryError e) {
      // What was asked for was not given; what other layers have is whole, and they go on.
      tracks.put(key, fresh);
      long running = tracks.values().stream().filter(t -> t.state != null).count();
      throw end(
          fresh,
          at,
          "no memory is left for the layer: %d MiB hold %d other layers of this partition; give the service more (-Xmx)"
              .formatted(Runtime.getRuntime().maxMemory() >> 20, running));
    }
    tracks.put(key, fresh);
    return Optional.of(fresh);
  }

  @Override
  public final void forget(String run) {
    cutRuns.remove(run);
    lostRuns.remove(run);
    tracks
        .entrySet()
        .removeIf(
            entry -> {
              boolean isOfRun = entry.getKey().run().equals(run);
              if (isOfRun) {
                entry.getValue().close();
              }
              return isOfRun;
            });
  }

  /** A run that begins anew needs nothing of what it was before. */
  private void endEarlierAttempts(String run) {
    int attempt = RunPlan.attemptOf(run);
    if (attempt == 0) {
      return;
    }
    tracks.forEach(
        (key, track) -> {
          boolean isSameRun = RunPlan.nameOf(key.run()).equals(RunPlan.nameOf(run));
          if (isSameRun && RunPlan.attemptOf(key.run()) < attempt) {
            track.leave(track.phase == Phase.FINISHED ? Phase.FINISHED : Phase.ENDED);
          }
        });
  }

  private Track newTrack(TrackKey key, Optional<RunPlan> found) throws BadRecordException {
    if (found.isEmpty()) {
      throw BadRecordException.ofRun("run '" + key.run() + "' was never announced", key.run());
    }
    RunPlan plan = found.get();
    if (key.layer() < 0 || key.layer() >= plan.layers().size()) {
      throw BadRecordException.ofRun(
          "layer %d is outside [0, %d) of run %s"
              .formatted(key.layer(), plan.layers().size(), key.run()),
          key.run());
    }
    if (key.stream() < 0 || key.stream() >= streams(plan)) {
      throw BadRecordException.ofRun(
          "sparsifier or scenario %d is outside [0, %d) of run %s"
              .formatted(key.stream(), streams(plan), key.run()),
          key.run());
    }
    return new Track(plan, key.layer(), firstIteration(plan, key.stream()));
  }

  @Override
  public final void close() {
    tracks.values().forEach(Track::close);
  }

  @Override
  public final void save(DataOutput out) throws IOException {
    out.writeInt(cutRuns.size());
    for (String run : cutRuns) {
      out.writeUTF(run);
    }
    out.writeInt(tracks.size());
    for (Map.Entry<TrackKey, Track> entry : tracks.entrySet()) {
      Track track = entry.getValue();
      out.writeUTF(entry.getKey().run());
      out.writeInt(entry.getKey().stream());
      out.writeInt(entry.getKey().layer());
      out.writeLong(track.iteration);
      out.writeInt(track.step);
      out.writeUTF(track.phase.name());
      out.writeBoolean(track.givenUp);
      out.writeBoolean(track.isFresh);
      out.writeLong(track.plan.createdAtMs());
      LayerState<R> state = track.state;
      Blocks.write(
          out,
          blocks -> {
            if (state != null) {
              state.save(blocks);
            }
          });
    }
  }

  @Override
  public final void restore(DataInput in) throws IOException {
    int cut = in.readInt();
    for (int i = 0; i < cut; i++) {
      String run = in.readUTF();
      if (runs.find(run).isPresent()) {
        cutRuns.add(run);
      }
    }
    int count = in.readInt();
    Set<String> unknown = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      TrackKey key = new TrackKey(in.readUTF(), in.readInt(), in.readInt());
      Saved saved =
          new Saved(
              in.readLong(),
              in.readInt(),
              Phase.valueOf(in.readUTF()),
              in.readBoolean(),
              in.readBoolean(),
              in.readLong());
      Optional<RunPlan> plan =
          Optional.of(key.run())
              .filter(run -> !unknown.contains(run))
              .flatMap(runs::find)
              .filter(found -> found.createdAtMs() == saved.createdAtMs());
      if (plan.isPresent()) {
        restore(key, plan.get(), saved, in);
      } else {
        Blocks.skip(in);
        unknown.add(key.run());
      }
    }
    unknown.forEach(run -> LOG.info("Nothing is kept of run {}, which is over for good", run));
  }

  private void restore(TrackKey key, RunPlan plan, Saved saved, DataInput in) throws IOException {
    Track track;
    try {
      track = newTrack(key, Optional.of(plan));
    } catch (BadRecordException e) {
      throw new IOException("saved state does not fit its run: " + e.getMessage(), e);
    }
    track.iteration = saved.iteration();
    track.step = saved.step();
    track.phase = saved.phase();
    track.givenUp = saved.givenUp();
    track.isFresh = saved.isFresh();
    if (track.phase == Phase.RUNNING) {
      track.state = open(plan, key.stream(), key.layer());
    }
    LayerState<R> state = track.state;
    Blocks.read(
        in,
        blocks -> {
          if (state != null) {
            state.restore(blocks);
          }
        });
    tracks.put(key, track);
  }

  /** What is saved of a layer but for its state; the run's time tells it from a later namesake. */
  private record Saved(
      long iteration, int step, Phase phase, boolean givenUp, boolean isFresh, long createdAtMs) {}

  @Override
  public final List<LayerProgress> progress() {
    List<LayerProgress> progress = new ArrayList<>();
    tracks.forEach(
        (key, track) ->
            progress.add(
                new LayerProgress(
                    key.run(),
                    key.stream(),
                    key.layer(),
                    Math.max(0, track.iteration),
                    track.phase.name().toLowerCase(java.util.Locale.ROOT))));
    return progress;
  }
}
