package org.sgsars.service;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.Topics;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.PolicyFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a worker is with one layer of one run, and the layer's state while it runs.
 *
 * @param <R> the input record
 */
final class LayerTrack<R> {
  enum Phase {
    RUNNING,
    FINISHED,
    ENDED
  }

  private static final Logger LOG = LoggerFactory.getLogger(LayerTrack.class);

  /**
   * Version 0.1.0 reads here whether a gap in the layer's records may come of records that were
   * deleted. It may in every run that the worker lists as cut, and in no other.
   */
  private static final boolean MAY_HAVE_GAPS = true;

  final RunPlan plan;
  final String key;
  volatile long iteration;
  int step;
  volatile Phase phase = Phase.RUNNING;

  /** The next record waits for shared records; the loop holds it and those behind it. */
  boolean waits;

  /** Abandoned; records are skipped until the next one comes again. */
  private boolean abandoned;

  @Nullable LayerState<R> state;

  /** Why it has no state though it runs: it ends at its next record, which gets the letter. */
  private @Nullable String broken;

  LayerTrack(RunPlan plan, int layer, long iteration) {
    this.plan = plan;
    this.key = Topics.key(plan.run(), plan.layers().get(layer).name());
    this.iteration = iteration;
  }

  /** Why the layer has to end at its next record, if it has to. */
  Optional<String> broken() {
    return Optional.ofNullable(broken);
  }

  /** Whether a record is the next in order. */
  boolean isNext(LayerPosition at) {
    return at.iteration() == iteration && at.step() == step;
  }

  /** Whether a record was applied before. */
  boolean isRepeated(LayerPosition at) {
    return at.iteration() < iteration || (at.iteration() == iteration && at.step() < step);
  }

  /** Whether a record is skipped, as the layer was abandoned and its run is still aborted. */
  boolean isSkipped(LayerPosition at, RunCatalog runs) {
    if (abandoned && isNext(at) && !runs.isAborted(at.run())) {
      abandoned = false;
    }
    return abandoned;
  }

  /** What the layer waits for will not come. */
  void abandon() {
    waits = false;
    abandoned = true;
  }

  /** A record is applied; after the run's last the layer is finished. */
  void advance(LayerPosition at) {
    if (at.step() + 1 < at.steps()) {
      step = at.step() + 1;
      return;
    }
    step = 0;
    iteration = at.iteration() + 1;
    if (iteration == plan.iterations()) {
      stop(Phase.FINISHED);
    }
  }

  void stop(Phase next) {
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

  /** What was thrown, for people; where that was not foreseen, with the name of the exception. */
  static String reason(Throwable thrown) {
    boolean hasMessage =
        thrown instanceof PolicyFailure || thrown instanceof IllegalArgumentException;
    return hasMessage ? String.valueOf(thrown.getMessage()) : thrown.toString();
  }

  private void markBroken(String reason) {
    LOG.warn("Layer {} ends at its next record: {}", key, reason);
    broken = reason;
    close();
    state = null;
  }

  /** Whether the layer has moved, and its state, if that can be saved; if not, the layer breaks. */
  void save(DataOutput out) throws IOException {
    out.writeLong(iteration);
    out.writeInt(step);
    out.writeUTF(phase.name());
    out.writeBoolean(abandoned);
    out.writeBoolean(MAY_HAVE_GAPS);
    out.writeLong(plan.createdAtMs());
    LayerState<R> running = state;
    if (running != null) {
      Blocks.write(out, running::save)
          .ifPresent(thrown -> markBroken("its snapshot cannot be written: " + reason(thrown)));
    }
    String reason = broken;
    if (reason != null) {
      Blocks.breakOff(out, reason);
    } else if (running == null) {
      Blocks.write(out, nothing -> {});
    }
  }

  /**
   * What is saved of a layer but for its state; the run's time distinguishes it from a later run of
   * the name.
   */
  record Saved(long iteration, int step, Phase phase, boolean abandoned, long createdAtMs) {
    static Saved read(DataInput in) throws IOException {
      long iteration = in.readLong();
      int step = in.readInt();
      Phase phase = Phase.valueOf(in.readUTF());
      boolean abandoned = in.readBoolean();
      in.readBoolean(); // MAY_HAVE_GAPS
      return new Saved(iteration, step, phase, abandoned, in.readLong());
    }
  }

  /**
   * Restores what {@link #save} wrote. A state that cannot be restored breaks the layer: were it an
   * error of the service, it would be one at every start.
   *
   * @param opener makes the layer's state as before its first record
   * @throws IOException if the snapshot cannot be read
   */
  void restore(Saved saved, Supplier<LayerState<R>> opener, DataInput in) throws IOException {
    iteration = saved.iteration();
    step = saved.step();
    phase = saved.phase();
    abandoned = saved.abandoned();
    Optional<String> problem = Optional.empty();
    if (phase == Phase.RUNNING) {
      try {
        state = opener.get();
      } catch (RuntimeException | Error e) {
        problem = Optional.of("it cannot be opened again: " + restorable(e));
      }
    }
    LayerState<R> opened = state;
    Optional<String> ofState =
        Blocks.read(
            in,
            blocks -> {
              if (opened != null) {
                opened.restore(blocks);
              }
            },
            thrown -> "its snapshot cannot be restored: " + restorable(thrown));
    problem.or(() -> ofState).ifPresent(this::markBroken);
  }

  /**
   * @throws Error if the JVM is at its end, or has no memory for a snapshot that is good: with more
   *     of it the layer goes on
   */
  private static String restorable(Throwable thrown) {
    boolean isOurs = PolicyFailure.isContained(thrown) && !PolicyFailure.isOutOfMemory(thrown);
    if (!isOurs && thrown instanceof Error error) {
      throw error;
    }
    return reason(thrown);
  }
}
