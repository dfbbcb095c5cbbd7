package org.sgsars.sgs.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.wire.RowWear;

/**
 * Wear that was fed back, until the layer it is for has used it. Every instance reads all of it, as
 * any layer may come to it in a rebalance.
 */
final class WearBoard {
  private record Key(String run, int scenario, int layer) {}

  private final Map<Key, NavigableMap<Long, long[]>> wear = new HashMap<>();

  /** The first iteration that a layer in this instance's hands may still need wear for. */
  private final Map<Key, Long> layersHere = new HashMap<>();

  void take(RowWear record) {
    Key key = new Key(record.getRun(), record.getScenario(), record.getLayer());
    wear.computeIfAbsent(key, k -> new TreeMap<>())
        .putIfAbsent(record.getIteration(), WireModel.longs(record.getWrites()));
    forget(key);
  }

  /**
   * A layer that is nowhere yet is at its beginning, and the last report is all there is for it.
   */
  private void forget(Key key) {
    NavigableMap<Long, long[]> reports = wear.get(key);
    if (reports != null) {
      reports.headMap(layersHere.getOrDefault(key, reports.lastKey()), false).clear();
      if (reports.isEmpty()) {
        wear.remove(key);
      }
    }
  }

  void join(String run, int scenario, int layer, long firstNeeded) {
    Key key = new Key(run, scenario, layer);
    layersHere.put(key, firstNeeded);
    forget(key);
  }

  void leave(String run, int scenario, int layer) {
    Key key = new Key(run, scenario, layer);
    layersHere.remove(key);
    forget(key);
  }

  /** The wear to use from an iteration on, if it has come. */
  Optional<long[]> find(String run, int scenario, int layer, long iteration) {
    return Optional.ofNullable(
        wear.getOrDefault(new Key(run, scenario, layer), new TreeMap<>()).get(iteration));
  }
}
