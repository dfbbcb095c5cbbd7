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
  private final Map<Meeting, TileRules> rules = new HashMap<>();

  /**
   * Of what comes again, the first stays; it is the same.
   *
   * @throws WireException if it does not fit the run
   */
  void take(TileWear record) throws WireException {
    Meeting meeting = new Meeting(record.getRun(), record.getScenario());
    TileRules ofMeeting = rules.get(meeting);
    if (!rounds.needs(meeting, record.getIteration()) || ofMeeting == null) {
      return;
    }
    ofMeeting.check(record);
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
                        WireModel.longs(record.getWear()),
                        new TileFailures(
                            WireModel.ints(record.getFailed()), record.getWorkingSpareRows()))));
  }

  /**
   * A layer in this instance's hands.
   *
   * @param firstNeeded the first round, by iteration, that it has not taken part in
   */
  void join(String run, int scenario, int layer, long firstNeeded, TileRules tileRules) {
    Meeting meeting = new Meeting(run, scenario);
    rules.put(meeting, tileRules);
    rounds.join(meeting, layer, firstNeeded);
  }

  /** The layer is over, or in another instance's hands. */
  void leave(String run, int scenario, int layer) {
    Meeting meeting = new Meeting(run, scenario);
    if (!rounds.leave(meeting, layer)) {
      rules.remove(meeting);
    }
  }

  /** The run is over for good. */
  void forget(String run) {
    rounds.forget(meeting -> meeting.run().equals(run));
    rules.keySet().removeIf(meeting -> meeting.run().equals(run));
  }

  /** See {@link SharedRounds#takeRewind}. */
  boolean takeRewind() {
    return rounds.takeRewind();
  }

  /** All tiles of a round, or nothing as long as some are missing. */
  Optional<List<TileState>> all(String run, int scenario, long iteration, int tiles) {
    return rounds
        .find(new Meeting(run, scenario), iteration)
        .filter(round -> round.size() == tiles)
        .map(round -> List.copyOf(round.values()));
  }
}
