package org.sgsars.ars.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.sgsars.ars.core.Leveller;
import org.sgsars.ars.core.LevellerStack;
import org.sgsars.ars.core.RowArray;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.model.ScenarioPlan;
import org.sgsars.contract.model.Selection;
import org.sgsars.contract.policy.Policies;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.service.LayerState;
import org.sgsars.service.LayerWorker;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.Stage;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.Updates;

/** Updates in; one record of row writes per scenario, layer and iteration out. */
public final class ArsStage implements Stage {
  public static final String SERVICE = "ars-controller";

  private final Policies policies;

  public ArsStage(Policies policies) {
    this.policies = policies;
  }

  @Override
  public String service() {
    return SERVICE;
  }

  @Override
  public String inputTopic(Topics topics) {
    return topics.updates();
  }

  @Override
  public PartitionWorker open(Topics topics, RunCatalog runs) {
    return new Worker(runs, topics.rowWrites());
  }

  private final class Worker extends LayerWorker<Updates> {
    Worker(RunCatalog runs, String outputTopic) {
      super(runs, outputTopic);
    }

    @Override
    protected Updates decode(byte[] value) throws WireException {
      return WireFormat.UPDATES.decode(value);
    }

    @Override
    protected Position position(Updates record) {
      return new Position(
          record.getRun(), record.getSparsifier(), record.getLayer(), record.getIteration(), 0, 1);
    }

    @Override
    protected List<Integer> scenarios(RunPlan plan, int stream) {
      return IntStream.range(0, plan.scenarios().size())
          .filter(scenario -> plan.scenarios().get(scenario).sparsifier() == stream)
          .boxed()
          .toList();
    }

    @Override
    protected int streams(RunPlan plan) {
      return plan.sparsifiers().size();
    }

    @Override
    protected LayerState<Updates> open(RunPlan plan, int stream, int layer) {
      return new ArsLayer(plan, stream, layer, policies);
    }
  }

  /** A layer's arrays under one sparsifier: one per scenario that names it. */
  private static final class ArsLayer implements LayerState<Updates> {
    private record Mapped(int scenario, RowArray array, Leveller leveller) {}

    private final RunPlan plan;
    private final int layer;
    private final LayerShape shape;
    private final List<Mapped> arrays = new ArrayList<>();

    ArsLayer(RunPlan plan, int sparsifier, int layer, Policies policies) {
      this.plan = plan;
      this.layer = layer;
      this.shape = plan.layers().get(layer);
      for (int i = 0; i < plan.scenarios().size(); i++) {
        ScenarioPlan scenario = plan.scenarios().get(i);
        if (scenario.sparsifier() == sparsifier) {
          RowArray array = new RowArray(shape.rows(), scenario.physicalRows(shape));
          Leveller leveller =
              LevellerStack.create(array, scenario.levellers(), policies, plan.seed(), layer);
          arrays.add(new Mapped(i, array, leveller));
        }
      }
    }

    @Override
    public void apply(Updates record, LayerOutput output) throws WireException {
      Selection selection =
          WireModel.selection(record.getExtent(), record.getRows(), record.getColumns(), shape);
      for (Mapped mapped : arrays) {
        RowArray.IterationWrites writes =
            mapped.array().apply(selection, record.getIteration(), mapped.leveller());
        boolean all = record.getExtent() == Extent.ALL;
        output.send(
            WireFormat.ROW_WRITES.encode(
                new RowWrites(
                    plan.run(),
                    mapped.scenario(),
                    layer,
                    record.getIteration(),
                    record.getExtent(),
                    all ? List.of() : record.getRows(),
                    all ? List.of() : WireModel.list(writes.physicalRows()),
                    record.getColumns(),
                    WireModel.list(writes.levellingRows()),
                    WireModel.list(writes.movedLogicalRows()),
                    WireModel.list(writes.movedToPhysicalRows()))));
      }
    }

    @Override
    public void save(DataOutput out) throws IOException {
      for (Mapped mapped : arrays) {
        mapped.array().save(out);
        mapped.leveller().save(out);
      }
    }

    @Override
    public void restore(DataInput in) throws IOException {
      for (Mapped mapped : arrays) {
        mapped.array().restore(in);
        mapped.leveller().restore(in);
      }
    }
  }
}
