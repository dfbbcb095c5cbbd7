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
import java.util.stream.IntStream;
import org.sgsars.contract.wire.WireException;
import org.sgsars.failure.FailureReason;
import org.sgsars.model.Names;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.PolicyFailure;
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

  private static final Logger LOG = LoggerFactory.getLogger(LayerWorker.class);

  private final RunCatalog runs;
  private final String outputTopic;
  private final Map<TrackKey, LayerTrack<R>> tracks = new ConcurrentSkipListMap<>();

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
    Optional<LayerTrack<R>> found = track(at);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    LayerTrack<R> track = found.get();
    if (track.phase != LayerTrack.Phase.RUNNING || isRepeated(at, track)) {
      return Optional.empty();
    }
    if (track.waits && !again) {
      return Optional.of(waiting(at));
    }
    track.waits = false;
    if (isPassedOver(at, track)) {
      return Optional.empty();
    }
    Optional<String> broken = track.broken();
    if (broken.isPresent()) {
      throw endAt(track, at, broken.get());
    }
    LayerState<R> state = track.state;
    if (!isNext(at, track) && track.isFresh && cutRuns.contains(at.run())) {
      // Nothing is wrong with the record.
      track.leave(LayerTrack.Phase.ENDED);
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
    LayerSending sending = new LayerSending(outputTopic, track.key, output);
    if (!isReady(track, state, record, at, sending)) {
      track.waits = true;
      return Optional.of(waiting(at));
    }
    advance(track, at);
    if (!sending.endedScenarios().isEmpty()) {
      throw BadRecordException.endingLayer(
          "%s; the layer ends here in %s and goes on in the others"
              .formatted(sending.reasons(), names(track.plan, sending.endedScenarios())),
          at.run(),
          layerName(track, at),
          at.iteration(),
          sending.endedScenarios());
    }
    return Optional.empty();
  }

  /**
   * Applies the record, if the layer is ready for it. What its policies throw ends the layer, whose
   * state may be half changed; what sending throws is the service's own.
   */
  private boolean isReady(
      LayerTrack<R> track, LayerState<R> state, R record, Position at, LayerSending sending)
      throws BadRecordException {
    try {
      boolean isReady = state.isReady(record, sending);
      if (isReady) {
        state.apply(record, sending);
        track.isFresh = false;
      }
      sending.failIfSendingFailed();
      return isReady;
    } catch (WireException e) {
      sending.failIfSendingFailed();
      throw endAt(track, at, String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      sending.failIfSendingFailed();
      throw endBy(e, track, at);
    }
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
      LayerTrack<R> track = Objects.requireNonNull(tracks.get(key));
      track.waits = false;
      track.givenUp = true;
    }
  }

  private boolean isPassedOver(Position at, LayerTrack<R> track) {
    if (track.givenUp && isNext(at, track) && !runs.isAborted(at.run())) {
      track.givenUp = false;
    }
    return track.givenUp;
  }

  private static boolean isNext(Position at, LayerTrack<?> track) {
    return at.iteration() == track.iteration && at.step() == track.step;
  }

  private static boolean isRepeated(Position at, LayerTrack<?> track) {
    return at.iteration() < track.iteration
        || (at.iteration() == track.iteration && at.step() < track.step);
  }

  private void advance(LayerTrack<R> track, Position at) {
    if (at.step() + 1 < at.steps()) {
      track.step = at.step() + 1;
      return;
    }
    track.step = 0;
    track.iteration = at.iteration() + 1;
    if (track.iteration == track.plan.iterations()) {
      track.leave(LayerTrack.Phase.FINISHED);
    }
  }

  private BadRecordException end(LayerTrack<R> track, Position at, String reason) {
    track.leave(LayerTrack.Phase.ENDED);
    return BadRecordException.endingLayer(
        reason + "; the layer ends here and its later records are skipped",
        at.run(),
        layerName(track, at),
        track.iteration,
        scenarios(track.plan, at.stream()));
  }

  /** The same, at an iteration. */
  private BadRecordException endAt(LayerTrack<R> track, Position at, String reason) {
    return end(track, at, "iteration %d: %s".formatted(at.iteration(), reason));
  }

  /**
   * The same, because of what a policy threw.
   *
   * @throws Error if the JVM itself is at its end
   */
  private BadRecordException endBy(Throwable thrown, LayerTrack<R> track, Position at) {
    if (thrown instanceof Error error && !PolicyFailure.isContained(thrown)) {
      throw error;
    }
    // The letter says what, this says where, for whoever wrote the policy.
    LOG.warn(
        "Layer {} of stream {} ends at iteration {}",
        track.key,
        at.stream(),
        at.iteration(),
        thrown);
    track.leave(LayerTrack.Phase.ENDED);
    String reason =
        PolicyFailure.isOutOfMemory(thrown) ? noMemory(thrown) : LayerTrack.reason(thrown);
    return end(
        track,
        at,
        place(track, at) + names(track.plan, scenarios(track.plan, at.stream())) + ": " + reason);
  }

  private static String place(LayerTrack<?> track, Position at) {
    return "layer %s, iteration %d, ".formatted(layerName(track, at), at.iteration());
  }

  private static String layerName(LayerTrack<?> track, Position at) {
    return track.plan.layers().get(at.layer()).name();
  }

  private static String names(RunPlan plan, List<Integer> scenarios) {
    List<String> names =
        IntStream.range(0, plan.scenarios().size())
            .filter(scenario -> scenarios.isEmpty() || scenarios.contains(scenario))
            .mapToObj(scenario -> "'" + plan.scenarios().get(scenario).name() + "'")
            .toList();
    return (names.size() == 1 ? "scenario " : "scenarios ") + Names.of(names);
  }

  private String noMemory(Throwable thrown) {
    long running = tracks.values().stream().filter(t -> t.state != null).count();
    return "%s; %d other layers of this partition hold memory"
        .formatted(FailureReason.of(thrown), running);
  }

  /** Empty if the run is over for good. */
  private Optional<LayerTrack<R>> track(Position at) throws BadRecordException {
    TrackKey key = new TrackKey(at.run(), at.stream(), at.layer());
    LayerTrack<R> known = tracks.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<RunPlan> plan = runs.find(at.run());
    if (plan.isEmpty() && runs.isRetired(at.run())) {
      return Optional.empty();
    }
    LayerTrack<R> fresh = newTrack(key, plan);
    endEarlierAttempts(at.run());
    Optional<String> problem = runs.problem(at.run());
    if (problem.isPresent()) {
      tracks.put(key, fresh);
      throw end(fresh, at, problem.get());
    }
    try {
      fresh.state = open(fresh.plan, at.stream(), at.layer());
    } catch (RuntimeException | Error e) {
      tracks.put(key, fresh);
      throw endBy(e, fresh, at);
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
            track.leave(
                track.phase == LayerTrack.Phase.FINISHED
                    ? LayerTrack.Phase.FINISHED
                    : LayerTrack.Phase.ENDED);
          }
        });
  }

  private LayerTrack<R> newTrack(TrackKey key, Optional<RunPlan> found) throws BadRecordException {
    if (found.isEmpty()) {
      throw BadRecordException.ofRun(
          "run '"
              + key.run()
              + "' was never announced"
              + runs.problem(key.run()).map(p -> ": " + p).orElse(""),
          key.run());
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
    return new LayerTrack<>(plan, key.layer(), firstIteration(plan, key.stream()));
  }

  @Override
  public final void close() {
    tracks.values().forEach(LayerTrack::close);
  }

  @Override
  public final void save(DataOutput out) throws IOException {
    out.writeInt(cutRuns.size());
    for (String run : cutRuns) {
      out.writeUTF(run);
    }
    out.writeInt(tracks.size());
    for (Map.Entry<TrackKey, LayerTrack<R>> entry : tracks.entrySet()) {
      out.writeUTF(entry.getKey().run());
      out.writeInt(entry.getKey().stream());
      out.writeInt(entry.getKey().layer());
      entry.getValue().save(out);
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
      LayerTrack.Saved saved = LayerTrack.Saved.read(in);
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

  private void restore(TrackKey key, RunPlan plan, LayerTrack.Saved saved, DataInput in)
      throws IOException {
    LayerTrack<R> track;
    try {
      track = newTrack(key, Optional.of(plan));
    } catch (BadRecordException e) {
      throw new IOException("saved state does not fit its run: " + e.getMessage(), e);
    }
    track.restore(saved, () -> open(plan, key.stream(), key.layer()), in);
    tracks.put(key, track);
  }

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
