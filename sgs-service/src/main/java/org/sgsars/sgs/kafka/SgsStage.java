package org.sgsars.sgs.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.PolicyChoice;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.model.Selection;
import org.sgsars.contract.policy.Policies;
import org.sgsars.contract.policy.PolicyFamily;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.service.LayerState;
import org.sgsars.service.LayerWorker;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.Stage;
import org.sgsars.sgs.core.LayerAccumulator;
import org.sgsars.sgs.core.SparsifierPolicy;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.Updates;

/** Gradients in; one update per sparsifier, layer and iteration out. */
public final class SgsStage implements Stage {
  public static final String SERVICE = "sgs-service";

  private final Policies policies;

  public SgsStage(Policies policies) {
    this.policies = policies;
  }

  @Override
  public String service() {
    return SERVICE;
  }

  @Override
  public String inputTopic(Topics topics) {
    return topics.gradients();
  }

  @Override
  public PartitionWorker open(Topics topics, RunCatalog runs) {
    return new Worker(runs, topics.updates());
  }

  private final class Worker extends LayerWorker<Gradients> {
    Worker(RunCatalog runs, String outputTopic) {
      super(runs, outputTopic);
    }

    @Override
    protected Gradients decode(byte[] value) throws WireException {
      return WireFormat.GRADIENTS.decode(value);
    }

    @Override
    protected Position position(Gradients record) {
      return new Position(
          record.getRun(),
          0,
          record.getLayer(),
          record.getIteration(),
          record.getChunk(),
          record.getChunks());
    }

    @Override
    protected int streams(RunPlan plan) {
      return 1;
    }

    @Override
    protected long firstIteration(RunPlan plan) {
      return plan.optimizer().weightDecay() == 0 ? 0 : -1;
    }

    @Override
    protected LayerState<Gradients> open(RunPlan plan, int stream, int layer) {
      return new SgsLayer(plan, layer, policies);
    }
  }

  private static final class SgsLayer implements LayerState<Gradients> {
    private final RunPlan plan;
    private final int layer;
    private final LayerAccumulator accumulator;

    SgsLayer(RunPlan plan, int layer, Policies policies) {
      this.plan = plan;
      this.layer = layer;
      LayerShape shape = plan.layers().get(layer);
      List<LayerAccumulator.Choice> choices =
          plan.sparsifiers().stream().map(choice -> choice(choice, policies)).toList();
      this.accumulator = new LayerAccumulator(shape, layer, plan.optimizer(), choices, plan.seed());
    }

    private static LayerAccumulator.Choice choice(PolicyChoice choice, Policies policies) {
      return new LayerAccumulator.Choice(
          policies.require(PolicyFamily.SPARSIFIER, choice.kind(), SparsifierPolicy.class),
          choice.settings());
    }

    @Override
    public void apply(Gradients record, LayerOutput output) throws WireException {
      try {
        if (record.getFirstOutput() != accumulator.nextOutput()) {
          throw new IllegalArgumentException(
              "chunk starts at output %d where %d should come"
                  .formatted(record.getFirstOutput(), accumulator.nextOutput()));
        }
        if (record.getIteration() < 0) {
          accumulator.addWeights(record.getOutputs(), record.getWeights(), record.getBiases());
          return;
        }
        accumulator.add(record.getOutputs(), record.getWeights(), record.getBiases());
        if (record.getChunk() + 1 == record.getChunks()) {
          send(record.getIteration(), output);
        }
      } catch (IllegalArgumentException e) {
        throw new WireException(String.valueOf(e.getMessage()), e);
      }
    }

    private void send(long iteration, LayerOutput output) throws WireException {
      List<Selection> selections = accumulator.select(iteration);
      for (int sparsifier = 0; sparsifier < selections.size(); sparsifier++) {
        Selection selection = selections.get(sparsifier);
        int[] rows = {};
        int[] columns = {};
        if (selection instanceof Selection.Rows chosen) {
          rows = chosen.rows();
        } else if (selection instanceof Selection.Cells cells) {
          rows = cells.rows();
          columns = cells.columns();
        }
        output.send(
            WireFormat.UPDATES.encode(
                new Updates(
                    plan.run(),
                    sparsifier,
                    layer,
                    iteration,
                    WireModel.extentOf(selection),
                    WireModel.list(rows),
                    WireModel.list(columns))));
      }
    }

    @Override
    public void save(DataOutput out) throws IOException {
      accumulator.save(out);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      accumulator.restore(in);
    }
  }
}
