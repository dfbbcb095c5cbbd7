package org.sgsars.ars.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.leveller.TileFailures;
import org.sgsars.leveller.TileState;
import org.sgsars.service.SharedRounds;
import org.sgsars.wire.TileWear;

/** A barrier between the layers of a scenario: the tiles that each publishes for a round. */
final class TileBarrier {
  private record ScenarioKey(String run, int scenario) {}

  /** Tiles in the order of their layers and numbers. */
  private record TileKey(int layer, int tile) implements Comparable<TileKey> {
    @Override
    public int compareTo(TileKey other) {
      return layer != other.layer
          ? Integer.compare(layer, other.layer)
          : Integer.compare(tile, other.tile);
    }
  }

  private final SharedRounds<ScenarioKey, Map<TileKey, TileState>> rounds = new SharedRounds<>();
  private final Map<ScenarioKey, TileRules> rules = new HashMap<>();

  /**
   * Idempotent: a duplicate changes nothing.
   *
   * @throws WireException if it does not fit the run
   */
  void add(TileWear record) throws WireException {
    ScenarioKey key = new ScenarioKey(record.getRun(), record.getScenario());
    TileRules expected = rules.get(key);
    if (!rounds.needs(key, record.getIteration()) || expected == null) {
      return;
    }
    expected.check(record);
    rounds
        .at(key, record.getIteration(), TreeMap::new)
        .ifPresent(
            round ->
                round.putIfAbsent(
                    new TileKey(record.getLayer(), record.getTile()),
                    new TileState(
                        record.getLayer(),
                        record.getTile(),
                        record.getPhysicalTile(),
                        record.getFirstBlock(),
                        record.getBlocks(),
                        record.getContentWrites(),
                        WireModel.longs(record.getWear()),
                        new TileFailures(
                            WireModel.ints(record.getFailed()), record.getWorkingSpareRows()))));
  }

  /**
   * A layer whose partition is assigned to this instance.
   *
   * @param firstNeeded the first round, by iteration, that it has not taken part in
   */
  void join(String run, int scenario, int layer, long firstNeeded, TileRules tileRules) {
    ScenarioKey key = new ScenarioKey(run, scenario);
    rules.put(key, tileRules);
    rounds.join(key, layer, firstNeeded);
  }

  /** The layer has ended, or its partition was revoked. */
  void leave(String run, int scenario, int layer) {
    ScenarioKey key = new ScenarioKey(run, scenario);
    if (!rounds.leave(key, layer)) {
      rules.remove(key);
    }
  }

  /** The run is retired. */
  void evict(String run) {
    rounds.evict(key -> key.run().equals(run));
    rules.keySet().removeIf(key -> key.run().equals(run));
  }

  /** See {@link SharedRounds#pollRewind}. */
  boolean pollRewind() {
    return rounds.pollRewind();
  }

  /** All tiles of a round, or empty as long as some are missing. */
  Optional<List<TileState>> all(String run, int scenario, long iteration, int tiles) {
    return rounds
        .find(new ScenarioKey(run, scenario), iteration)
        .filter(round -> round.size() == tiles)
        .map(round -> List.copyOf(round.values()));
  }
}
