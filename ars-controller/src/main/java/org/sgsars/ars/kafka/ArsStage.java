package org.sgsars.ars.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.Memory;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.EndedLayers;
import org.sgsars.service.LayerPosition;
import org.sgsars.service.LayerStage;
import org.sgsars.service.LayerState;
import org.sgsars.wire.Updates;

/** Updates in; one record of row writes per scenario, layer and iteration out. */
public final class ArsStage implements LayerStage<Updates> {
  public static final String SERVICE = "ars-controller";

  /** Where it is, what is there, and how often it was written. */
  private static final long BYTES_PER_ROW = 2 * Integer.BYTES + Long.BYTES;

  private final Policies policies;
  private final TileBarrier barrier = new TileBarrier();
  private final EndedLayers endedLayers = new EndedLayers();

  public ArsStage(Policies policies) {
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
    return topics.updates();
  }

  @Override
  public String outputTopic(Topics topics) {
    return topics.rowWrites();
  }

  @Override
  public List<String> sharedTopics(Topics topics) {
    return List.of(topics.tileWear(), topics.deadLetters());
  }

  @Override
  public void applyShared(Topics topics, String topic, byte[] value) throws WireException {
    if (topic.equals(topics.tileWear())) {
      barrier.add(WireFormat.TILE_WEAR.decode(value));
    } else {
      endedLayers.add(value, Set.of(topics.gradients(), topics.updates()));
    }
  }

  @Override
  public boolean pollRewind() {
    return barrier.pollRewind();
  }

  @Override
  public void evict(String run) {
    barrier.evict(run);
    endedLayers.evict(run);
  }

  @Override
  public Updates decode(ByteBuffer value) throws WireException {
    return WireFormat.UPDATES.decode(value);
  }

  @Override
  public LayerPosition position(Updates record) {
    return new LayerPosition(
        record.getRun(), record.getSparsifier(), record.getLayer(), record.getIteration(), 0, 1);
  }

  @Override
  public int streams(RunPlan plan) {
    return plan.sparsifiers().size();
  }

  @Override
  public List<Integer> scenarios(RunPlan plan, int sparsifier) {
    return plan.scenariosOf(sparsifier);
  }

  @Override
  public long firstIteration(RunPlan plan, int sparsifier) {
    return plan.sparsifierTrains(sparsifier) ? -1 : 0;
  }

  @Override
  public LayerState<Updates> layer(RunPlan plan, int sparsifier, int layer, Topics topics) {
    long rows = plan.layers().get(layer).rows();
    int scenarios = scenarios(plan, sparsifier).size();
    Memory.requireRoom(
        BYTES_PER_ROW * rows * scenarios,
        "mappings of %d rows in %d scenarios".formatted(rows, scenarios));
    return new ArsLayer(plan, sparsifier, layer, policies, barrier, endedLayers, topics);
  }
}
