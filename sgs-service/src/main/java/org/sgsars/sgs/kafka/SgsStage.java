package org.sgsars.sgs.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.Memory;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.EndedLayers;
import org.sgsars.service.LayerPosition;
import org.sgsars.service.LayerStage;
import org.sgsars.service.LayerState;
import org.sgsars.wire.Gradients;

/** Gradients in; one update per sparsifier, layer and iteration out. */
public final class SgsStage implements LayerStage<Gradients> {
  public static final String SERVICE = "sgs-service";

  private final Policies policies;
  private final WearFeedbackBuffer feedback = new WearFeedbackBuffer();
  private final EndedLayers endedLayers = new EndedLayers();

  public SgsStage(Policies policies) {
    this.policies = policies;
  }

  @Override
  public String service() {
    return SERVICE;
  }

  @Override
  public Policies policies() {
    return policies;
  }

  @Override
  public String inputTopic(Topics topics) {
    return topics.gradients();
  }

  @Override
  public String outputTopic(Topics topics) {
    return topics.updates();
  }

  @Override
  public List<String> sharedTopics(Topics topics) {
    return List.of(topics.rowWear(), topics.deadLetters());
  }

  @Override
  public void applyShared(Topics topics, String topic, byte[] value) throws WireException {
    if (topic.equals(topics.rowWear())) {
      feedback.add(WireFormat.ROW_WEAR.decode(value));
    } else {
      endedLayers.add(value, Set.of(topics.gradients(), topics.updates()));
    }
  }

  @Override
  public boolean pollRewind() {
    return feedback.pollRewind();
  }

  @Override
  public void evict(String run) {
    feedback.evict(run);
    endedLayers.evict(run);
  }

  @Override
  public Gradients decode(ByteBuffer value) throws WireException {
    return WireFormat.GRADIENTS.decode(value);
  }

  @Override
  public LayerPosition position(Gradients record) {
    return new LayerPosition(
        record.getRun(),
        record.getTraining(),
        record.getLayer(),
        record.getIteration(),
        record.getChunk(),
        record.getChunks());
  }

  @Override
  public int streams(RunPlan plan) {
    return plan.trainings();
  }

  @Override
  public List<Integer> scenarios(RunPlan plan, int training) {
    return plan.trainings() == 1 ? List.of() : List.of(training);
  }

  @Override
  public long firstIteration(RunPlan plan, int training) {
    return plan.sendsWeights() ? -1 : 0;
  }

  @Override
  public LayerState<Gradients> layer(RunPlan plan, int training, int layer, Topics topics) {
    LayerShape shape = plan.layers().get(layer);
    Memory.requireRoom(
        Float.BYTES * shape.cells() * plan.sparsifiers().size(),
        "residuals of %d x %d cells under %d sparsifiers"
            .formatted(shape.rows(), shape.columns(), plan.sparsifiers().size()));
    return new SgsLayer(plan, training, layer, policies, feedback, endedLayers);
  }
}
