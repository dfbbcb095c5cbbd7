package org.sgsars.service;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.sgsars.contract.wire.Topics;
import org.sgsars.model.RunPlan;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The layers that one partition's records are of, from their first record until their run is
 * retired. For one thread, but for {@link #progress()}.
 *
 * @param <R> the input record
 */
final class LayerTracks<R> {
  private static final Logger LOG = LoggerFactory.getLogger(LayerTracks.class);

  private final LayerStage<R> stage;
  private final Topics topics;
  private final RunCatalog runs;
  private final LayerEnds ends;
  private final Map<LayerKey, LayerTrack<R>> tracks = new ConcurrentSkipListMap<>();

  LayerTracks(LayerStage<R> stage, Topics topics, RunCatalog runs, LayerEnds ends) {
    this.stage = stage;
    this.topics = topics;
    this.runs = runs;
    this.ends = ends;
  }

  /** A layer that is known. */
  Optional<LayerTrack<R>> known(LayerKey key) {
    return Optional.ofNullable(tracks.get(key));
  }

  /**
   * The layer of a record, opened if this is its first.
   *
   * @return empty if the run is retired
   * @throws BadRecordException if there is no such run or layer, or if it cannot be opened
   */
  Optional<LayerTrack<R>> find(LayerPosition at) throws BadRecordException {
    LayerKey key = at.key();
    Optional<LayerTrack<R>> known = known(key);
    if (known.isPresent()) {
      return known;
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
      throw ends.end(fresh, at, problem.get());
    }
    try {
      fresh.state = open(fresh.plan, key);
    } catch (RuntimeException | Error e) {
      tracks.put(key, fresh);
      throw ends.endBy(e, fresh, at, this);
    }
    tracks.put(key, fresh);
    return Optional.of(fresh);
  }

  private LayerState<R> open(RunPlan plan, LayerKey key) {
    return stage.layer(plan, key.stream(), key.layer(), topics);
  }

  private LayerTrack<R> newTrack(LayerKey key, Optional<RunPlan> found) throws BadRecordException {
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
    if (key.stream() < 0 || key.stream() >= stage.streams(plan)) {
      throw BadRecordException.ofRun(
          "sparsifier or scenario %d is outside [0, %d) of run %s"
              .formatted(key.stream(), stage.streams(plan), key.run()),
          key.run());
    }
    return new LayerTrack<>(plan, key.layer(), stage.firstIteration(plan, key.stream()));
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
            track.stop(
                track.phase == LayerTrack.Phase.FINISHED
                    ? LayerTrack.Phase.FINISHED
                    : LayerTrack.Phase.ENDED);
          }
        });
  }

  /** How many layers have a state. */
  long holdingMemory() {
    return tracks.values().stream().filter(track -> track.state != null).count();
  }

  /** Drops the layers of a run. */
  void evict(String run) {
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

  void close() {
    tracks.values().forEach(LayerTrack::close);
  }

  void save(DataOutput out) throws IOException {
    out.writeInt(tracks.size());
    for (Map.Entry<LayerKey, LayerTrack<R>> entry : tracks.entrySet()) {
      out.writeUTF(entry.getKey().run());
      out.writeInt(entry.getKey().stream());
      out.writeInt(entry.getKey().layer());
      entry.getValue().save(out);
    }
  }

  /** Reads what {@link #save} wrote, but for runs that are retired or have lost their name. */
  void restore(DataInput in) throws IOException {
    int count = in.readInt();
    Set<String> unknown = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      LayerKey key = new LayerKey(in.readUTF(), in.readInt(), in.readInt());
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
    unknown.forEach(run -> LOG.info("Nothing is kept of run {}, which is retired", run));
  }

  private void restore(LayerKey key, RunPlan plan, LayerTrack.Saved saved, DataInput in)
      throws IOException {
    LayerTrack<R> track;
    try {
      track = newTrack(key, Optional.of(plan));
    } catch (BadRecordException e) {
      throw new IOException("saved state does not fit its run: " + e.getMessage(), e);
    }
    track.restore(saved, () -> open(plan, key), in);
    tracks.put(key, track);
  }

  /** How far each layer is. From any thread. */
  List<LayerProgress> progress() {
    List<LayerProgress> progress = new ArrayList<>();
    tracks.forEach(
        (key, track) ->
            progress.add(
                new LayerProgress(
                    key.run(),
                    key.stream(),
                    key.layer(),
                    Math.max(0, track.iteration),
                    track.phase.name().toLowerCase(Locale.ROOT))));
    return progress;
  }
}
