package org.sgsars.ars.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sgsars.ars.core.TileState;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.service.SharedRounds;
import org.sgsars.wire.TileWear;

/** What all layers bring when their tiles meet, as far as it has come. */
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

  private final SharedRounds<Meeting, Map<Key, TileState>> rounds = new SharedRounds<>();

  /** Of what comes again, the first stays; it is the same. */
  void take(TileWear record) {
    Meeting meeting = new Meeting(record.getRun(), record.getScenario());
    rounds
        .at(meeting, record.getIteration(), TreeMap::new)
        .ifPresent(
            round ->
                round.putIfAbsent(
                    new Key(record.getLayer(), record.getTile()),
                    new TileState(
                        record.getLayer(),
                        record.getTile(),
                        record.getPhysicalTile(),
                        record.getFirstBlock(),
                        record.getBlocks(),
                        record.getContentWrites(),
                        WireModel.longs(record.getWear()))));
  }

  /**
   * A layer in this instance's hands.
   *
   * @param firstNeeded the first round, by iteration, that it has not taken part in
   */
  void join(String run, int scenario, int layer, long firstNeeded) {
    rounds.join(new Meeting(run, scenario), layer, firstNeeded);
  }

  /** The layer is over, or in another instance's hands. */
  void leave(String run, int scenario, int layer) {
    rounds.leave(new Meeting(run, scenario), layer);
  }

  /** All tiles of a round, or nothing as long as some are missing. */
  Optional<List<TileState>> all(String run, int scenario, long iteration, int tiles) {
    return rounds
        .find(new Meeting(run, scenario), iteration)
        .filter(round -> round.size() >= tiles)
        .map(round -> List.copyOf(round.values()));
  }
}
