package org.sgsars.ars.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.leveller.LayerTiles;
import org.sgsars.leveller.RowArray;
import org.sgsars.leveller.TileMove;
import org.sgsars.leveller.TileState;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.service.LayerState.LayerOutput;
import org.sgsars.wire.TileArrival;
import org.sgsars.wire.TileWear;

/** A layer's part in the rounds in which the tiles of a scenario change crossbars. */
final class TileRounds {
  private static final long NEVER = -1;

  private final String run;
  private final int scenario;
  private final int layer;
  private final LayerTiles tiles;
  private final TileRules rules;
  private final TileBarrier barrier;

  /** The last round that this layer took part in, by the iteration before which it is. */
  private long lastRound = NEVER;

  private TileRounds(RunPlan plan, int scenario, int layer, LayerTiles tiles, TileBarrier barrier) {
    this.run = plan.run();
    this.scenario = scenario;
    this.layer = layer;
    this.tiles = tiles;
    this.rules = new TileRules(plan, plan.scenarios().get(scenario), tiles);
    this.barrier = barrier;
  }

  /**
   * @param array the layer's, in this scenario
   * @param barrier the barrier between the layers of a scenario
   * @return empty if the scenario exchanges no tiles
   * @throws IllegalArgumentException if the layer's tiles cannot be exchanged
   */
  static Optional<TileRounds> of(
      RunPlan plan, int scenario, int layer, RowArray array, TileBarrier barrier) {
    ScenarioPlan of = plan.scenarios().get(scenario);
    return LayerTiles.of(of, plan.layers(), layer, array)
        .map(tiles -> new TileRounds(plan, scenario, layer, tiles, barrier));
  }

  /** Counts of writes that come with each tile. */
  int countsPerTile() {
    return tiles.counts();
  }

  /** The layer's partition is assigned: the barrier keeps the rounds that it still needs. */
  void join() {
    barrier.join(run, scenario, layer, lastRound + 1, rules);
  }

  /** The layer has ended, or its partition was revoked. */
  void leave() {
    barrier.leave(run, scenario, layer);
  }

  /** Whether there is a round before the iteration that the layer has not taken part in. */
  boolean isDueBefore(long iteration) {
    return tiles.exchange().isDueBefore(iteration) && lastRound < iteration;
  }

  /**
   * Whether the tiles of all layers have come for a round.
   *
   * @throws WireException if two of them lie in one crossbar
   */
  boolean isComplete(long iteration) throws WireException {
    Optional<List<TileState>> all = all(iteration);
    if (all.isEmpty()) {
      return false;
    }
    // Each fits the run, or would not be here.
    Set<Integer> physicalTiles = new HashSet<>();
    for (TileState tile : all.get()) {
      if (!physicalTiles.add(tile.physicalTile())) {
        throw new WireException(
            "tile %d of layer %d came with physical tile %d, where another lies"
                .formatted(tile.tile(), tile.layer(), tile.physicalTile()));
      }
    }
    return true;
  }

  private Optional<List<TileState>> all(long iteration) {
    return barrier.all(run, scenario, iteration, rules.tiles());
  }

  /**
   * Publishes the layer's tiles for a round. That is due when the iteration before the round is
   * done, not when the round's own comes: in one partition that may stand behind another layer's,
   * which waits for this one.
   *
   * @param topic full name of {@code tile-wear}
   */
  void publish(long iteration, String topic, LayerOutput output) throws WireException {
    for (TileState tile : tiles.tileStates()) {
      output.share(
          topic,
          WireFormat.TILE_WEAR.encode(
              new TileWear(
                  run,
                  scenario,
                  layer,
                  iteration,
                  tile.tile(),
                  tile.physicalTile(),
                  tile.firstBlock(),
                  tile.blocks(),
                  tile.contentWrites(),
                  WireModel.longList(tile.wear()),
                  WireModel.list(tile.failures().failed()),
                  tile.failures().workingSpareRows())));
    }
  }

  /** Takes part in a round that is complete: moves the layer's tiles, and says where they lie. */
  List<TileArrival> exchange(long iteration) {
    List<TileState> all = all(iteration).orElseThrow();
    List<TileMove> moves = tiles.exchange().decide(all, tiles.rows());
    List<TileArrival> arrivals = new ArrayList<>();
    for (LayerTiles.Arrival arrival : tiles.apply(moves, all)) {
      arrivals.add(
          new TileArrival(
              arrival.tile(),
              arrival.physicalTile(),
              arrival.firstColumn(),
              tiles.columnsPerBlock(),
              WireModel.longList(arrival.wearBefore())));
    }
    lastRound = iteration;
    join();
    return arrivals;
  }

  void save(DataOutput out) throws IOException {
    out.writeLong(lastRound);
    tiles.save(out);
  }

  void restore(DataInput in) throws IOException {
    lastRound = in.readLong();
    tiles.restore(in);
  }
}
