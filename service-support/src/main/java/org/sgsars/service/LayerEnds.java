package org.sgsars.service;

import java.util.List;
import java.util.stream.IntStream;
import org.sgsars.failure.FailureReason;
import org.sgsars.model.Names;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.PolicyFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends layers, and gives the dead letter that says where, why and in which scenarios. */
final class LayerEnds {
  private static final Logger LOG = LoggerFactory.getLogger(LayerEnds.class);

  private final LayerStage<?> stage;

  /**
   * @param stage says which scenarios a stream feeds
   */
  LayerEnds(LayerStage<?> stage) {
    this.stage = stage;
  }

  /** Ends a layer because of a record, or of its run. */
  BadRecordException end(LayerTrack<?> track, LayerPosition at, String reason) {
    track.stop(LayerTrack.Phase.ENDED);
    return BadRecordException.endingLayer(
        reason + "; the layer ends here and its later records are skipped",
        at.run(),
        layerName(track, at),
        track.iteration,
        stage.scenarios(track.plan, at.stream()));
  }

  /** The same, at an iteration. */
  BadRecordException endAt(LayerTrack<?> track, LayerPosition at, String reason) {
    return end(track, at, "iteration %d: %s".formatted(at.iteration(), reason));
  }

  /**
   * The same, because of what a policy threw.
   *
   * @param layers of the partition, of which some may hold memory
   * @throws Error if the JVM itself is at its end
   */
  BadRecordException endBy(
      Throwable thrown, LayerTrack<?> track, LayerPosition at, LayerTracks<?> layers) {
    if (thrown instanceof Error error && !PolicyFailure.isContained(thrown)) {
      throw error;
    }
    // The letter says what, this says where, for whoever wrote the policy.
    LOG.warn(
        "Layer {} of stream {} ends at iteration {}",
        track.key,
        at.stream(),
        at.iteration(),
        thrown);
    track.stop(LayerTrack.Phase.ENDED);
    String reason =
        PolicyFailure.isOutOfMemory(thrown)
            ? "%s; %d other layers of this partition hold memory"
                .formatted(FailureReason.of(thrown), layers.holdingMemory())
            : LayerTrack.reason(thrown);
    String place = "layer %s, iteration %d, ".formatted(layerName(track, at), at.iteration());
    return end(
        track,
        at,
        place + names(track.plan, stage.scenarios(track.plan, at.stream())) + ": " + reason);
  }

  /** The letter for a layer that has ended in some of its scenarios and goes on in others. */
  static BadRecordException inSomeScenarios(
      LayerTrack<?> track, LayerPosition at, LayerSending sending) {
    return BadRecordException.endingLayer(
        "%s; the layer ends here in %s and goes on in the others"
            .formatted(sending.reasons(), names(track.plan, sending.endedScenarios())),
        at.run(),
        layerName(track, at),
        at.iteration(),
        sending.endedScenarios());
  }

  private static String layerName(LayerTrack<?> track, LayerPosition at) {
    return track.plan.layers().get(at.layer()).name();
  }

  private static String names(RunPlan plan, List<Integer> scenarios) {
    List<String> names =
        IntStream.range(0, plan.scenarios().size())
            .filter(scenario -> scenarios.isEmpty() || scenarios.contains(scenario))
            .mapToObj(scenario -> "'" + plan.scenarios().get(scenario).name() + "'")
            .toList();
    return (names.size() == 1 ? "scenario " : "scenarios ") + Names.of(names);
  }
}
