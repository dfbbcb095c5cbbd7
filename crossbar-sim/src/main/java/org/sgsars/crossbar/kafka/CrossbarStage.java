package org.sgsars.crossbar.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.Memory;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.LayerPosition;
import org.sgsars.service.LayerStage;
import org.sgsars.service.LayerState;
import org.sgsars.wire.RowWrites;

/** Row writes in; the wear of every scenario and layer out, at intervals and at the end. */
public final class CrossbarStage implements LayerStage<RowWrites> {
  public static final String SERVICE = "crossbar-sim";

  /** Writes, write operations, and where the row is. */
  private static final long BYTES_PER_ROW = 2 * Long.BYTES + Integer.BYTES;

  private final Policies policies;

  /**
   * @param policies the devices that runs can name
   */
  public CrossbarStage(Policies policies) {
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
    return topics.rowWrites();
  }

  @Override
  public String outputTopic(Topics topics) {
    return topics.wear();
  }

  @Override
  public RowWrites decode(ByteBuffer value) throws WireException {
    return WireFormat.ROW_WRITES.decode(value);
  }

  @Override
  public LayerPosition position(RowWrites record) {
    return new LayerPosition(
        record.getRun(),
        record.getScenario(),
        record.getLayer(),
        record.getIteration(),
        record.getPart(),
        record.getParts());
  }

  @Override
  public int streams(RunPlan plan) {
    return plan.scenarios().size();
  }

  @Override
  public List<Integer> scenarios(RunPlan plan, int scenario) {
    return List.of(scenario);
  }

  @Override
  public long firstIteration(RunPlan plan, int scenario) {
    return plan.trains(scenario) ? -1 : 0;
  }

  @Override
  public LayerState<RowWrites> layer(RunPlan plan, int scenario, int layer, Topics topics) {
    long rows = plan.layers().get(layer).rows();
    Memory.requireRoom(BYTES_PER_ROW * rows, "counts of %d rows".formatted(rows));
    if (plan.trains(scenario)) {
      long cells = plan.layers().get(layer).cells();
      Memory.requireRoom(Float.BYTES * cells, "weights of %d cells".formatted(cells));
    }
    return new CrossbarLayer(plan, scenario, layer, policies, topics);
  }
}
