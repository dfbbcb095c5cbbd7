package org.sgsars.ars.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.sgsars.ars.core.TileState;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.wire.TileWear;

/**
 * What all layers bring when their tiles meet, as far as it has come. Every instance has one and
 * fills it with all records, so that each can decide for the layers it owns.
 */
final class TileBoard {
  private record Meeting(String run, int scenario) {}

  /** Tiles in the order of their layers and numbers. */
  private record Key(int layer, int tile) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return layer != other.layer
          ? Integer.compare(layer, other.layer)
          : Integer.compare(tile, other.tile);
    }
  }

  private final Map<Meeting, NavigableMap<Long, Map<Key, TileState>>> meetings = new HashMap<>();

  /** The first round that each layer in this instance's hands may still need. */
  private final Map<Meeting, Map<Integer, Long>> layersHere = new HashMap<>();

  void take(TileWear record) {
    Meeting meeting = new Meeting(record.getRun(), record.getScenario());
    NavigableMap<Long, Map<Key, TileState>> rounds =
        meetings.computeIfAbsent(meeting, m -> new TreeMap<>());
    if (record.getIteration() < firstNeeded(meeting, rounds)) {
      return;
    }
    rounds
        .computeIfAbsent(record.getIteration(), i -> new TreeMap<>())
        .putIfAbsent(
            new Key(record.getLayer(), record.getTile()),
            new TileState(
                record.getLayer(),
                record.getTile(),
                record.getPhysicalTile(),
                record.getFirstBlock(),
                record.getBlocks(),
                record.getContentWrites(),
                WireModel.longs(record.getWear())));
    forget(meeting);
  }

  /** Without a layer here, the last round is all that a layer yet to come can need. */
  private long firstNeeded(Meeting meeting, NavigableMap<Long, Map<Key, TileState>> rounds) {
    Map<Integer, Long> here = layersHere.getOrDefault(meeting, Map.of());
    return here.isEmpty()
        ? rounds.isEmpty() ? 0 : rounds.lastKey()
        : here.values().stream().mapToLong(i -> i).min().orElse(0);
  }

  private void forget(Meeting meeting) {
    NavigableMap<Long, Map<Key, TileState>> rounds = meetings.get(meeting);
    if (rounds != null) {
      rounds.headMap(firstNeeded(meeting, rounds), false).clear();
    }
  }

  /**
   * A layer in this instance's hands.
   *
   * @param firstNeeded the first round, by iteration, that it has not taken part in
   */
  void join(String run, int scenario, int layer, long firstNeeded) {
    Meeting meeting = new Meeting(run, scenario);
    layersHere.computeIfAbsent(meeting, m -> new HashMap<>()).put(layer, firstNeeded);
    forget(meeting);
  }

  /** The layer is over, or in another instance's hands. */
  void leave(String run, int scenario, int layer) {
    Meeting meeting = new Meeting(run, scenario);
    Map<Integer, Long> here = layersHere.getOrDefault(meeting, new HashMap<>());
    here.remove(layer);
    if (here.isEmpty()) {
      layersHere.remove(meeting);
    }
    forget(meeting);
  }

  /** All tiles of a round, or nothing as long as some are missing. */
  Optional<List<TileState>> all(String run, int scenario, long iteration, int tiles) {
    Map<Key, TileState> round =
        meetings
            .getOrDefault(new Meeting(run, scenario), new TreeMap<>())
            .getOrDefault(iteration, new TreeMap<>());
    return round.size() < tiles ? Optional.empty() : Optional.of(new ArrayList<>(round.values()));
  }
}
