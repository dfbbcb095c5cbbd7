package org.sgsars.crossbar.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.Memory;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.LayerState;
import org.sgsars.service.LayerWorker;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.Stage;
import org.sgsars.wire.RowWrites;

/** Row writes in; the wear of every scenario and layer out, at intervals and at the end. */
public final class CrossbarStage implements Stage {
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
  public PartitionWorker open(Topics topics, RunCatalog runs) {
    return new Worker(runs, topics);
  }

  private final class Worker extends LayerWorker<RowWrites> {
    private final Topics topics;

    Worker(RunCatalog runs, Topics topics) {
      super(runs, topics.wear());
      this.topics = topics;
    }

    @Override
    protected RowWrites decode(ByteBuffer value) throws WireException {
      return WireFormat.ROW_WRITES.decode(value);
    }

    @Override
    protected Position position(RowWrites record) {
      return new Position(
          record.getRun(),
          record.getScenario(),
          record.getLayer(),
          record.getIteration(),
          record.getPart(),
          record.getParts());
    }

    @Override
    protected List<Integer> scenarios(RunPlan plan, int stream) {
      return List.of(stream);
    }

    @Override
    protected int streams(RunPlan plan) {
      return plan.scenarios().size();
    }

    @Override
    protected long firstIteration(RunPlan plan, int stream) {
      return plan.trains(stream) ? -1 : 0;
    }

    @Override
    protected LayerState<RowWrites> open(RunPlan plan, int stream, int layer) {
      long rows = plan.layers().get(layer).rows();
      Memory.requireRoom(BYTES_PER_ROW * rows, "counts of %d rows".formatted(rows));
      if (plan.trains(stream)) {
        long cells = plan.layers().get(layer).cells();
        Memory.requireRoom(Float.BYTES * cells, "weights of %d cells".formatted(cells));
      }
      return new CrossbarLayer(plan, stream, layer, policies, topics);
    }
  }
}
