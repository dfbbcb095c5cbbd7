package org.sgsars.sgs.kafka;

import java.util.Optional;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.service.SharedRounds;
import org.sgsars.wire.RowWear;

/** Wear that was fed back, until the layer it is for has used it. */
final class WearBoard {
  private record Subject(String run, int scenario, int layer) {}

  private final SharedRounds<Subject, long[]> wear = new SharedRounds<>();

  /** Of what comes again, the first stays; it is the same. */
  void take(RowWear record) {
    long[] writes = WireModel.longs(record.getWrites());
    Subject subject = new Subject(record.getRun(), record.getScenario(), record.getLayer());
    wear.at(subject, record.getIteration(), () -> writes);
  }

  /**
   * @param firstNeeded the first iteration that the layer may still need wear for
   */
  void join(String run, int scenario, int layer, long firstNeeded) {
    wear.join(new Subject(run, scenario, layer), layer, firstNeeded);
  }

  void leave(String run, int scenario, int layer) {
    wear.leave(new Subject(run, scenario, layer), layer);
  }

  /** The wear to use from an iteration on, if it has come. */
  Optional<long[]> find(String run, int scenario, int layer, long iteration) {
    return wear.find(new Subject(run, scenario, layer), iteration);
  }
}
