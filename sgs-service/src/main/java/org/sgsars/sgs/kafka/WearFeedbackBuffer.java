package org.sgsars.sgs.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.service.SharedRounds;
import org.sgsars.wire.RowWear;

/** Buffers wear that was fed back until the layer that it is for has applied it. */
final class WearFeedbackBuffer {
  private record Subject(String run, int scenario, int layer) {}

  /**
   * What records of a layer's wear have to keep to.
   *
   * @param rows logical rows of the layer
   * @param interval iterations between two records
   * @param iterations of the run
   */
  record Rules(int rows, int interval, long iterations) {}

  private final SharedRounds<Subject, long[]> wear = new SharedRounds<>();
  private final Map<Subject, Rules> rules = new HashMap<>();

  /**
   * Idempotent: a duplicate changes nothing.
   *
   * @throws WireException if it does not fit the run
   */
  void add(RowWear record) throws WireException {
    Subject subject = new Subject(record.getRun(), record.getScenario(), record.getLayer());
    Rules ofSubject = rules.get(subject);
    long iteration = record.getIteration();
    if (!wear.needs(subject, iteration) || ofSubject == null) {
      return;
    }
    if (iteration % ofSubject.interval != 0 || iteration >= ofSubject.iterations) {
      throw new WireException(
          "wear of run %s, layer %d for iteration %d, where one below %d and divisible by %d should be"
              .formatted(
                  record.getRun(),
                  record.getLayer(),
                  iteration,
                  ofSubject.iterations,
                  ofSubject.interval));
    }
    if (record.getWrites().size() != ofSubject.rows) {
      throw new WireException(
          "wear of run %s, layer %d has %d rows; the layer has %d"
              .formatted(
                  record.getRun(), record.getLayer(), record.getWrites().size(), ofSubject.rows));
    }
    long[] writes = WireModel.longs(record.getWrites());
    wear.at(subject, iteration, () -> writes);
  }

  /**
   * @param firstNeeded the first iteration that the layer may still need wear for
   */
  void join(String run, int scenario, int layer, long firstNeeded, Rules ofLayer) {
    Subject subject = new Subject(run, scenario, layer);
    rules.put(subject, ofLayer);
    wear.join(subject, layer, firstNeeded);
  }

  void leave(String run, int scenario, int layer) {
    Subject subject = new Subject(run, scenario, layer);
    wear.leave(subject, layer);
    rules.remove(subject);
  }

  /** The run is retired. */
  void evict(String run) {
    wear.evict(subject -> subject.run().equals(run));
    rules.keySet().removeIf(subject -> subject.run().equals(run));
  }

  /** See {@link SharedRounds#pollRewind}. */
  boolean pollRewind() {
    return wear.pollRewind();
  }

  /** The wear to use from an iteration on, if it has come. */
  Optional<long[]> find(String run, int scenario, int layer, long iteration) {
    return wear.find(new Subject(run, scenario, layer), iteration);
  }
}
