package org.sgsars.ars.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.policy.WearFeedback;
import org.sgsars.service.EndedLayers;
import org.sgsars.service.LayerState;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWear;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.TileArrival;
import org.sgsars.wire.Updates;

/** A layer under one sparsifier, in all scenarios that name it. */
final class ArsLayer implements LayerState<Updates> {
  private final RunPlan plan;
  private final int sparsifier;
  private final int layer;
  private final LayerShape shape;
  private final EndedLayers endedLayers;
  private final Topics topics;
  private final List<ScenarioArray> arrays = new ArrayList<>();

  /** Iterations between two reports of wear to the sparsifier, if it asks for them. */
  private final OptionalInt feedback;

  ArsLayer(
      RunPlan plan,
      int sparsifier,
      int layer,
      Policies policies,
      TileBarrier barrier,
      EndedLayers endedLayers,
      Topics topics) {
    this.endedLayers = endedLayers;
    this.plan = plan;
    this.sparsifier = sparsifier;
    this.layer = layer;
    this.shape = plan.layers().get(layer);
    this.topics = topics;
    this.feedback = WearFeedback.interval(plan.sparsifiers().get(sparsifier));
    for (int scenario : plan.scenariosOf(sparsifier)) {
      if (plan.scenarios().get(scenario).isDigital(layer)) {
        continue;
      }
      arrays.add(new ScenarioArray(plan, scenario, layer, policies, barrier));
    }
    arrays.forEach(ScenarioArray::join);
  }

  @Override
  public boolean isReady(Updates record, LayerOutput output) throws WireException {
    long iteration = record.getIteration();
    boolean ready = true;
    for (ScenarioArray array : arrays) {
      Optional<TileRounds> round = array.roundBefore(iteration);
      if (round.isPresent() && !round.get().isComplete(iteration)) {
        endedLayers
            .any(plan.run(), array.scenario(), iteration - 1)
            .ifPresent(
                other ->
                    array.endBy(
                        "layer %s has ended, and all layers of scenario %s share their crossbars"
                            .formatted(other, array.scenarioName())));
        ready &= array.endsBy().isPresent();
      }
    }
    return ready;
  }

  @Override
  public void apply(Updates record, LayerOutput output) throws WireException {
    Selection selection =
        WireModel.selection(record.getExtent(), record.getRows(), record.getColumns(), shape);
    if (plan.sparsifierTrains(sparsifier)) {
      // Whoever programs the cells must be able to rely on them.
      WireModel.values(record.getValues(), record.getExtent(), record.getRows(), shape);
    }
    if (record.getIteration() < 0) {
      passWeights(record, output);
      return;
    }
    failIfAllEnd();
    for (ScenarioArray array : arrays) {
      if (array.endsBy().isPresent()) {
        end(array, record.getIteration(), array.endsBy().get(), output);
      } else if (!array.hasEnded()) {
        apply(array, selection, record, output);
      }
    }
  }

  private void apply(ScenarioArray array, Selection selection, Updates record, LayerOutput output)
      throws WireException {
    long iteration = record.getIteration();
    List<TileArrival> arrivals =
        array.roundBefore(iteration).map(round -> round.exchange(iteration)).orElse(List.of());
    RowArray.IterationWrites writes;
    try {
      writes = array.apply(selection, iteration);
    } catch (PolicyFailure e) {
      if (isLast(array)) {
        throw e;
      }
      end(array, iteration, array.letterReason(e), output);
      return;
    }
    send(array, record, arrivals, writes, output);
    long next = iteration + 1;
    Optional<TileRounds> nextRound =
        next < plan.iterations() ? array.roundBefore(next) : Optional.empty();
    if (nextRound.isPresent()) {
      nextRound.get().publish(next, topics.tileWear(), output);
    }
    feedBack(array, next, output);
  }

  /** Whether the layer has ended in all other scenarios, or ends with this record. */
  private boolean isLast(ScenarioArray array) {
    return arrays.stream().allMatch(other -> other == array || !other.isActive());
  }

  /** Where no scenario goes on, the layer does not. */
  private void failIfAllEnd() throws WireException {
    if (arrays.isEmpty()) {
      // In all scenarios the layer is beside the crossbars.
      return;
    }
    List<ScenarioArray> left = arrays.stream().filter(array -> !array.hasEnded()).toList();
    if (left.stream().allMatch(array -> array.endsBy().isPresent())) {
      throw new WireException(
          left.stream()
              .flatMap(array -> array.endsBy().stream())
              .distinct()
              .collect(Collectors.joining("; ")));
    }
  }

  /** Ends the layer in one of its scenarios; nothing of this iteration is sent. */
  private void end(ScenarioArray array, long iteration, String reason, LayerOutput output) {
    array.end();
    output.end(
        List.of(array.scenario()),
        "layer %s, iteration %d, scenario '%s': %s"
            .formatted(shape.name(), iteration, array.scenarioName(), reason));
  }

  /** Initial weights lie where rows lie at first, and are no write. */
  private void passWeights(Updates record, LayerOutput output) throws WireException {
    if (record.getExtent() != Extent.ALL) {
      throw new WireException(
          "initial weights come with extent %s; allowed: ALL".formatted(record.getExtent()));
    }
    RowArray.IterationWrites none =
        new RowArray.IterationWrites(
            new Selection.All(), new int[0], new int[0], new int[0], new int[0], new int[0]);
    for (ScenarioArray array : arrays) {
      if (plan.trains(array.scenario())) {
        send(array, record, List.of(), none, output);
      }
    }
  }

  private void send(
      ScenarioArray array,
      Updates record,
      List<TileArrival> arrivals,
      RowArray.IterationWrites writes,
      LayerOutput output)
      throws WireException {
    for (RowWrites part : array.records().of(record, arrivals, writes)) {
      output.send(WireFormat.ROW_WRITES.encode(part));
    }
  }

  /** Tells a sparsifier that asks for it how worn its rows are, for use an interval later. */
  private void feedBack(ScenarioArray array, long done, LayerOutput output) throws WireException {
    if (feedback.isEmpty()) {
      return;
    }
    int interval = feedback.getAsInt();
    if (done % interval == 0 && done + interval < plan.iterations()) {
      output.share(
          topics.rowWear(),
          WireFormat.ROW_WEAR.encode(
              new RowWear(
                  plan.run(),
                  array.scenario(),
                  layer,
                  done + interval,
                  WireModel.longList(array.writesByLogicalRow()))));
    }
  }

  @Override
  public void close() {
    arrays.stream().filter(array -> !array.hasEnded()).forEach(ScenarioArray::leave);
  }

  @Override
  public void save(DataOutput out) throws IOException {
    for (ScenarioArray array : arrays) {
      array.save(out);
    }
  }

  @Override
  public void restore(DataInput in) throws IOException {
    for (ScenarioArray array : arrays) {
      array.restore(in);
    }
    arrays.forEach(ScenarioArray::join);
  }
}
