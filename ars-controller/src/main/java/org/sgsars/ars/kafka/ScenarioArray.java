package org.sgsars.ars.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import org.sgsars.device.DeviceCells;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerStack;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.service.Blocks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A layer's array in one scenario: its rows, what levels them, and whether the layer goes on in
 * this scenario.
 */
final class ScenarioArray {
  private static final Logger LOG = LoggerFactory.getLogger(ScenarioArray.class);

  private final ScenarioPlan plan;
  private final LayerShape shape;
  private final int scenario;
  private final RowArray array;
  private final Optional<TileRounds> rounds;
  private final RowWritesRecords records;
  private Leveller leveller = Leveller.NONE;

  /** Nothing of the array is to be relied on: a policy threw, or the round it needs never comes. */
  private boolean hasEnded;

  /** Why it ends with the next record, if it does. */
  private Optional<String> endsBy = Optional.empty();

  /**
   * An array before its first iteration. A leveller that cannot be made ends it with the first.
   *
   * @param scenario index in the plan
   * @throws IllegalArgumentException if the scenario exchanges tiles that the layer does not have
   */
  ScenarioArray(RunPlan run, int scenario, int layer, Policies policies, TileBarrier barrier) {
    this.plan = run.scenarios().get(scenario).forLayer(layer);
    this.shape = run.layers().get(layer);
    this.scenario = scenario;
    this.array =
        RowArray.of(
            plan.array(shape), DeviceCells.of(run, run.scenarios().get(scenario), layer, policies));
    this.rounds = TileRounds.of(run, scenario, layer, array, barrier);
    this.records =
        new RowWritesRecords(run, scenario, layer, rounds.map(TileRounds::countsPerTile).orElse(0));
    try {
      leveller = LevellerStack.create(array, plan.levellers(), policies, run.seed(), shape.name());
    } catch (PolicyFailure e) {
      endsBy = Optional.of(letterReason(e));
    }
  }

  /** Index of the scenario in the plan. */
  int scenario() {
    return scenario;
  }

  String scenarioName() {
    return plan.name();
  }

  boolean hasEnded() {
    return hasEnded;
  }

  /** Why the layer ends here with the next record, if it does. */
  Optional<String> endsBy() {
    return endsBy;
  }

  /** The layer ends here with the next record. */
  void endBy(String reason) {
    endsBy = Optional.of(reason);
  }

  /** Whether the layer goes on here after the next record, as far as is known. */
  boolean isActive() {
    return !hasEnded && endsBy.isEmpty();
  }

  /** The layer ends here. */
  void end() {
    hasEnded = true;
    endsBy = Optional.empty();
    leave();
  }

  /** Makes the records of what is written here. */
  RowWritesRecords records() {
    return records;
  }

  /** The round of tiles that comes before an iteration and was not taken part in, if one does. */
  Optional<TileRounds> roundBefore(long iteration) {
    return isActive() ? rounds.filter(of -> of.isDueBefore(iteration)) : Optional.empty();
  }

  /**
   * Books an update and lets the leveller react.
   *
   * @throws PolicyFailure if the leveller throws; the array is of no use then
   */
  RowArray.IterationWrites apply(Selection selection, long iteration) {
    try {
      return array.apply(selection, iteration, leveller);
    } catch (RuntimeException | Error e) {
      throw failure(e);
    }
  }

  /** For each logical row of the layer the writes of the physical row that it lies in. */
  long[] writesByLogicalRow() {
    long[] writes = new long[shape.rows()];
    for (int row = 0; row < writes.length; row++) {
      writes[row] = array.writes(array.physicalRow(row));
    }
    return writes;
  }

  /** What a letter says of a failure; the log says where, for whoever wrote the policy. */
  String letterReason(PolicyFailure failure) {
    LOG.warn("Layer {} of scenario {} ends", shape.name(), plan.name(), failure);
    return String.valueOf(failure.getMessage());
  }

  /** Of several levellers the one that threw has said so already. */
  private PolicyFailure failure(Throwable thrown) {
    return PolicyFailure.of(PolicyFamily.LEVELLER, plan.levellers().get(0).kind(), thrown);
  }

  /** The layer's partition is assigned to this instance. */
  void join() {
    if (!hasEnded) {
      rounds.ifPresent(TileRounds::join);
    }
  }

  /** The layer has ended here, or its partition was revoked. */
  void leave() {
    rounds.ifPresent(TileRounds::leave);
  }

  void save(DataOutput out) throws IOException {
    out.writeBoolean(hasEnded);
    if (hasEnded) {
      return;
    }
    array.save(out);
    saveLeveller(out);
    if (rounds.isPresent()) {
      rounds.get().save(out);
    }
  }

  /** A leveller that cannot be saved ends with the next record, here and after a restart. */
  private void saveLeveller(DataOutput out) throws IOException {
    if (endsBy.isEmpty()) {
      endsBy = Blocks.write(out, leveller::save).map(thrown -> letterReason(failure(thrown)));
    }
    if (endsBy.isPresent()) {
      Blocks.breakOff(out, endsBy.get());
    }
  }

  /** Reads what {@link #save} wrote; {@link #join} follows. */
  void restore(DataInput in) throws IOException {
    hasEnded = in.readBoolean();
    if (hasEnded) {
      leave();
      return;
    }
    array.restore(in);
    Blocks.read(in, leveller::restore, thrown -> letterReason(lost(thrown))).ifPresent(this::endBy);
    if (rounds.isPresent()) {
      rounds.get().restore(in);
    }
  }

  /**
   * @throws OutOfMemoryError if that is all: with more memory the leveller goes on
   */
  private PolicyFailure lost(Throwable thrown) {
    if (thrown instanceof OutOfMemoryError error) {
      throw error;
    }
    return failure(thrown);
  }
}
