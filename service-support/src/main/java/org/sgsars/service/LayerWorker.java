package org.sgsars.service;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;

/**
 * Follows many layers of many runs through one partition: dispatches each record to its layer,
 * skips what was applied before, and ends a layer whose records have a gap.
 *
 * @param <R> the input record
 */
final class LayerWorker<R> implements PartitionWorker {
  private final LayerStage<R> stage;
  private final RunCatalog runs;
  private final String outputTopic;
  private final LayerEnds ends;
  private final LayerTracks<R> tracks;

  /** Runs whose first records here may be gone, with the state that came of them. */
  private final Set<String> cutRuns = new TreeSet<>();

  private final Set<String> lostRuns = new TreeSet<>();

  LayerWorker(LayerStage<R> stage, Topics topics, RunCatalog runs) {
    this.stage = stage;
    this.runs = runs;
    this.outputTopic = stage.outputTopic(topics);
    this.ends = new LayerEnds(stage);
    this.tracks = new LayerTracks<>(stage, topics, runs, ends);
  }

  @Override
  public Optional<Waiting> process(ByteBuffer value, boolean again, Output output)
      throws BadRecordException {
    R record;
    try {
      record = stage.decode(value);
    } catch (WireException e) {
      throw BadRecordException.undecoded(e);
    }
    LayerPosition at = stage.position(record);
    Optional<LayerTrack<R>> found = tracks.find(at);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    LayerTrack<R> track = found.get();
    if (track.phase != LayerTrack.Phase.RUNNING || track.isRepeated(at)) {
      return Optional.empty();
    }
    if (track.waits && !again) {
      return Optional.of(waiting(at));
    }
    track.waits = false;
    if (track.isSkipped(at, runs)) {
      return Optional.empty();
    }
    Optional<LayerState<R>> state = stateFor(at, track);
    if (state.isEmpty()) {
      return Optional.empty();
    }
    LayerSending sending = new LayerSending(outputTopic, track.key, output);
    if (!isApplied(track, state.get(), record, at, sending)) {
      track.waits = true;
      return Optional.of(waiting(at));
    }
    track.advance(at);
    if (!sending.endedScenarios().isEmpty()) {
      throw LayerEnds.inSomeScenarios(track, at, sending);
    }
    return Optional.empty();
  }

  /**
   * The state of a layer that is running, for the record that comes now.
   *
   * @return empty if the run is lost here
   * @throws BadRecordException if the record is not the next in order, or the state is of no use
   */
  private Optional<LayerState<R>> stateFor(LayerPosition at, LayerTrack<R> track)
      throws BadRecordException {
    Optional<String> broken = track.broken();
    if (broken.isPresent()) {
      throw ends.endAt(track, at, broken.get());
    }
    LayerState<R> state = track.state;
    if (!track.isNext(at) && cutRuns.contains(at.run())) {
      // Nothing is wrong with the record, also if it is not the first after what is gone: a sender
      // that went back to an earlier state may have repeated some of that, but not all.
      track.stop(LayerTrack.Phase.ENDED);
      lostRuns.add(at.run());
      return Optional.empty();
    }
    if (!track.isNext(at) || state == null) {
      throw ends.end(
          track,
          at,
          "iteration %d (record %d of %d) came where iteration %d (record %d) should; records between are missing"
              .formatted(
                  at.iteration(), at.step() + 1, at.steps(), track.iteration, track.step + 1));
    }
    return Optional.of(state);
  }

  /**
   * Applies the record, if the layer is ready for it. What its policies throw ends the layer, whose
   * state may be half changed; what sending throws is the service's own.
   */
  private boolean isApplied(
      LayerTrack<R> track, LayerState<R> state, R record, LayerPosition at, LayerSending sending)
      throws BadRecordException {
    try {
      boolean isReady = state.isReady(record, sending);
      if (isReady) {
        state.apply(record, sending);
      }
      sending.failIfSendingFailed();
      return isReady;
    } catch (WireException e) {
      sending.failIfSendingFailed();
      throw ends.endAt(track, at, String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      sending.failIfSendingFailed();
      throw ends.endBy(e, track, at, tracks);
    }
  }

  private static Waiting waiting(LayerPosition at) {
    return new Waiting(at.run(), at.key());
  }

  @Override
  public void abandon(Waiting waiting) {
    if (waiting.subject() instanceof LayerKey key) {
      tracks.known(key).ifPresent(LayerTrack::abandon);
    }
  }

  @Override
  public void onGap() {
    cutRuns.addAll(runs.announced());
  }

  @Override
  public Set<String> drainLostRuns() {
    Set<String> lost = Set.copyOf(lostRuns);
    lostRuns.clear();
    return lost;
  }

  @Override
  public void evict(String run) {
    cutRuns.remove(run);
    lostRuns.remove(run);
    tracks.evict(run);
  }

  @Override
  public void close() {
    tracks.close();
  }

  @Override
  public void save(DataOutput out) throws IOException {
    out.writeInt(cutRuns.size());
    for (String run : cutRuns) {
      out.writeUTF(run);
    }
    tracks.save(out);
  }

  @Override
  public void restore(DataInput in) throws IOException {
    int cut = in.readInt();
    for (int i = 0; i < cut; i++) {
      String run = in.readUTF();
      if (runs.find(run).isPresent()) {
        cutRuns.add(run);
      }
    }
    tracks.restore(in);
  }

  @Override
  public List<LayerProgress> progress() {
    return tracks.progress();
  }
}
