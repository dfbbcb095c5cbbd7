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
import org.sgsars.service.LayerState;
import org.sgsars.service.LayerWorker;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.Stage;
import org.sgsars.wire.Gradients;

/** Gradients in; one update per sparsifier, layer and iteration out. */
public final class SgsStage implements Stage {
  public static final String SERVICE = "sgs-service";

  private final Policies policies;
  private final WearBoard board = new WearBoard();
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
  public List<String> sharedTopics(Topics topics) {
    return List.of(topics.rowWear(), topics.deadLetters());
  }

  @Override
  public void takeShared(Topics topics, String topic, byte[] value) throws WireException {
    if (topic.equals(topics.rowWear())) {
      board.take(WireFormat.ROW_WEAR.decode(value));
    } else {
      endedLayers.take(value, Set.of(topics.gradients(), topics.updates()));
    }
  }

  @Override
  public boolean takeRewind() {
    return board.takeRewind();
  }

  @Override
  public void forget(String run) {
    board.forget(run);
    endedLayers.forget(run);
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
    protected Gradients decode(ByteBuffer value) throws WireException {
      return WireFormat.GRADIENTS.decode(value);
    }

    @Override
    protected Position position(Gradients record) {
      return new Position(
          record.getRun(),
          record.getTraining(),
          record.getLayer(),
          record.getIteration(),
          record.getChunk(),
          record.getChunks());
    }

    @Override
    protected int streams(RunPlan plan) {
      return plan.gradientStreams();
    }

    @Override
    protected List<Integer> scenarios(RunPlan plan, int stream) {
      return plan.gradientStreams() == 1 ? List.of() : List.of(stream);
    }

    @Override
    protected long firstIteration(RunPlan plan, int stream) {
      return plan.sendsWeights() ? -1 : 0;
    }

    @Override
    protected LayerState<Gradients> open(RunPlan plan, int stream, int layer) {
      LayerShape shape = plan.layers().get(layer);
      Memory.requireRoom(
          Float.BYTES * shape.cells() * plan.sparsifiers().size(),
          "residuals of %d x %d cells under %d sparsifiers"
              .formatted(shape.rows(), shape.columns(), plan.sparsifiers().size()));
      return new SgsLayer(plan, stream, layer, policies, board, endedLayers);
    }
  }
}
