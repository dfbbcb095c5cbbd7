package org.sgsars.sgs.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.WearFeedback;
import org.sgsars.service.EndedLayers;
import org.sgsars.service.LayerState;
import org.sgsars.sparsifier.LayerAccumulator;
import org.sgsars.sparsifier.SparsifierPolicy;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.Updates;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One layer under all sparsifiers that get the same gradients. */
final class SgsLayer implements LayerState<Gradients> {
  private static final Logger LOG = LoggerFactory.getLogger(SgsLayer.class);
  private static final long NEVER = -1;
  private static final String ENDED_BEHIND =
      "the layer has ended behind this service, which waits for its wear";

  /** A sparsifier to which the wear of its rows is fed back. */
  private static final class Fed {
    final int sparsifier;
    final int scenario;
    final int interval;

    /** The last iteration from which on wear was applied, and the wear. */
    long appliedAt = NEVER;

    long @Nullable [] writes;

    /** The wear that it needs never comes, and it ends with the next record. */
    boolean hasEndedBehind;

    Fed(int sparsifier, int scenario, int interval) {
      this.sparsifier = sparsifier;
      this.scenario = scenario;
      this.interval = interval;
    }

    /** Wear read after the first interval is used from the second one on. */
    boolean isDueAt(long iteration) {
      return iteration >= 2L * interval && iteration % interval == 0 && appliedAt < iteration;
    }
  }

  private final RunPlan plan;
  private final int layer;
  private final LayerAccumulator accumulator;
  private final WearFeedbackBuffer feedback;
  private final EndedLayers endedLayers;
  private final List<Fed> fed = new ArrayList<>();

  /** Indices in the plan of the sparsifiers that the accumulator has. */
  private final List<Integer> sparsifiers;

  /** The initial weights of a training while they come, row by row; afterwards none. */
  private float[] initial = {};

  SgsLayer(
      RunPlan plan,
      int training,
      int layer,
      Policies policies,
      WearFeedbackBuffer feedback,
      EndedLayers endedLayers) {
    this.feedback = feedback;
    this.endedLayers = endedLayers;
    this.plan = plan;
    this.layer = layer;
    LayerShape shape = plan.layers().get(layer);
    this.sparsifiers =
        plan.sparsifiersOf(layer).stream()
            .filter(sparsifier -> plan.trainingOf(sparsifier) == training)
            .toList();
    List<LayerAccumulator.Choice> choices =
        sparsifiers.stream().map(sparsifier -> choice(plan, sparsifier, policies)).toList();
    this.accumulator =
        new LayerAccumulator(shape, plan.optimizer(), plan.gradientFormat(), choices, plan.seed());
    for (int scenario = 0; scenario < plan.scenarios().size(); scenario++) {
      ScenarioPlan scenarioPlan = plan.scenarios().get(scenario);
      PolicyChoice choice = plan.sparsifierOf(scenarioPlan);
      int at = sparsifiers.indexOf(scenarioPlan.sparsifier());
      OptionalInt interval = WearFeedback.interval(choice);
      if (at >= 0 && interval.isPresent()) {
        fed.add(new Fed(at, scenario, interval.getAsInt()));
      }
    }
    join();
  }

  private static LayerAccumulator.Choice choice(RunPlan plan, int sparsifier, Policies policies) {
    PolicyChoice choice = plan.sparsifiers().get(sparsifier);
    return new LayerAccumulator.Choice(
        policies
            .require(PolicyFamily.SPARSIFIER, choice.kind(), SparsifierPolicy.class)
            .bind(choice),
        plan.sparsifierTrains(sparsifier));
  }

  private void join() {
    int rows = plan.layers().get(layer).rows();
    for (Fed f : fed) {
      if (!accumulator.hasEnded(f.sparsifier)) {
        WearFeedbackBuffer.Rules rules =
            new WearFeedbackBuffer.Rules(rows, f.interval, plan.iterations());
        feedback.join(plan.run(), f.scenario, layer, f.appliedAt + 1, rules);
      }
    }
  }

  @Override
  public void close() {
    fed.forEach(this::leave);
  }

  private void leave(Fed of) {
    feedback.leave(plan.run(), of.scenario, layer);
  }

  private Optional<long[]> wear(Fed to, long iteration) {
    return feedback.find(plan.run(), to.scenario, layer, iteration);
  }

  @Override
  public boolean isReady(Gradients record, LayerOutput output) throws WireException {
    boolean ready = true;
    for (Fed to : fed) {
      if (isAwaited(to, record.getIteration())) {
        // Sent when the iteration an interval ago was the next.
        long needed = record.getIteration() - to.interval - 1;
        to.hasEndedBehind = endedLayers.has(plan.run(), layerName(), to.scenario, needed);
        if (to.hasEndedBehind && isLast(to.sparsifier)) {
          throw new WireException(ENDED_BEHIND);
        }
        ready &= to.hasEndedBehind;
      }
    }
    return ready;
  }

  private boolean isAwaited(Fed to, long iteration) {
    return !accumulator.hasEnded(to.sparsifier)
        && to.isDueAt(iteration)
        && wear(to, iteration).isEmpty();
  }

  /** Whether the layer has ended under all other sparsifiers, or ends with this record. */
  private boolean isLast(int sparsifier) {
    return IntStream.range(0, sparsifiers.size())
        .allMatch(
            i ->
                i == sparsifier
                    || accumulator.hasEnded(i)
                    || fed.stream().anyMatch(f -> f.sparsifier == i && f.hasEndedBehind));
  }

  private void applyWear(long iteration, LayerOutput output) {
    for (Fed to : fed) {
      if (to.hasEndedBehind) {
        to.hasEndedBehind = false;
        end(to.sparsifier, iteration, ENDED_BEHIND, output);
      } else if (!accumulator.hasEnded(to.sparsifier) && to.isDueAt(iteration)) {
        long[] writes = wear(to, iteration).orElseThrow();
        accumulator.wear(to.sparsifier, writes);
        to.writes = writes;
        to.appliedAt = iteration;
      }
    }
    join();
  }

  @Override
  public void apply(Gradients record, LayerOutput output) throws WireException {
    try {
      if (record.getFirstOutput() != accumulator.nextOutput()) {
        throw new IllegalArgumentException(
            "chunk starts at output %d where %d should come"
                .formatted(record.getFirstOutput(), accumulator.nextOutput()));
      }
      if (record.getIteration() < 0) {
        applyWeights(record, output);
        return;
      }
      applyWear(record.getIteration(), output);
      accumulator.add(
          record.getIteration(), record.getOutputs(), record.getWeights(), record.getBiases());
      List<Selection> selections =
          record.getChunk() + 1 == record.getChunks()
              ? accumulator.select(record.getIteration())
              : List.of();
      endFailed(record.getIteration(), output);
      send(record.getIteration(), selections, output);
    } catch (IllegalArgumentException e) {
      throw new WireException(String.valueOf(e.getMessage()), e);
    }
  }

  private void applyWeights(Gradients record, LayerOutput output) throws WireException {
    LayerShape shape = plan.layers().get(layer);
    accumulator.addWeights(record.getOutputs(), record.getWeights(), record.getBiases());
    if (plan.training().isEmpty()) {
      return;
    }
    if (record.getChunk() == 0) {
      initial = new float[Math.toIntExact(shape.cells())];
    }
    FloatBuffer weights = floats(record.getWeights());
    FloatBuffer biases = floats(record.getBiases());
    for (int i = 0; i < record.getOutputs(); i++) {
      int column = record.getFirstOutput() + i;
      for (int row = 0; row < shape.rows(); row++) {
        initial[row * shape.columns() + column] =
            row < shape.inputs() ? weights.get(i * shape.inputs() + row) : biases.get(i);
      }
    }
    if (record.getChunk() + 1 < record.getChunks()) {
      return;
    }
    if (accumulator.nextOutput() != 0) {
      throw new IllegalArgumentException(
          "the chunks hold %d of the layer's %d outputs"
              .formatted(accumulator.nextOutput(), shape.columns()));
    }
    for (int i = 0; i < sparsifiers.size(); i++) {
      if (plan.sparsifierTrains(sparsifiers.get(i)) && !accumulator.hasEnded(i)) {
        float[] programmed = accumulator.programmable(i, initial);
        send(sparsifiers.get(i), record.getIteration(), new Selection.All(), programmed, output);
      }
    }
    initial = new float[0];
  }

  private static FloatBuffer floats(ByteBuffer values) {
    return values.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  /** Ends the layer under the sparsifiers that threw; nothing of this iteration is sent of them. */
  private void endFailed(long iteration, LayerOutput output) {
    accumulator
        .drainFailures()
        .forEach(
            (i, failure) -> {
              LOG.warn("Layer {} ends under a sparsifier", layerName(), failure);
              end(i, iteration, String.valueOf(failure.getMessage()), output);
            });
  }

  /** Ends the layer under one of several sparsifiers. */
  private void end(int index, long iteration, String reason, LayerOutput output) {
    accumulator.end(index);
    fed.stream().filter(to -> to.sparsifier == index).forEach(this::leave);
    output.end(
        plan.scenariosOf(sparsifiers.get(index)),
        "layer %s, iteration %d: %s".formatted(layerName(), iteration, reason));
  }

  private String layerName() {
    return plan.layers().get(layer).name();
  }

  private void send(long iteration, List<Selection> selections, LayerOutput output)
      throws WireException {
    for (int i = 0; i < selections.size(); i++) {
      if (!accumulator.hasEnded(i)) {
        send(sparsifiers.get(i), iteration, selections.get(i), accumulator.changes(i), output);
      }
    }
  }

  private void send(
      int sparsifier, long iteration, Selection selection, float[] values, LayerOutput output)
      throws WireException {
    output.send(
        WireFormat.UPDATES.encode(
            new Updates(
                plan.run(),
                sparsifier,
                layer,
                iteration,
                WireModel.extentOf(selection),
                WireModel.rowsOf(selection),
                WireModel.columnsOf(selection),
                WireModel.values(values))));
  }

  @Override
  public void save(DataOutput out) throws IOException {
    accumulator.save(out);
    out.writeInt(initial.length);
    for (float weight : initial) {
      out.writeFloat(weight);
    }
    for (Fed to : fed) {
      out.writeLong(to.appliedAt);
      long[] writes = to.writes;
      if (writes != null) {
        for (long count : writes) {
          out.writeLong(count);
        }
      }
    }
  }

  @Override
  public void restore(DataInput in) throws IOException {
    accumulator.restore(in);
    fed.stream().filter(to -> accumulator.hasEnded(to.sparsifier)).forEach(this::leave);
    initial = new float[in.readInt()];
    for (int i = 0; i < initial.length; i++) {
      initial[i] = in.readFloat();
    }
    for (Fed to : fed) {
      to.appliedAt = in.readLong();
      if (to.appliedAt != NEVER) {
        long[] writes = new long[plan.layers().get(layer).rows()];
        for (int row = 0; row < writes.length; row++) {
          writes[row] = in.readLong();
        }
        accumulator.wear(to.sparsifier, writes);
        to.writes = writes;
      }
    }
    join();
  }
}
