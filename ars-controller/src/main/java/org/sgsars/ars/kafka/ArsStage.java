package org.sgsars.ars.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.Memory;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.EndedLayers;
import org.sgsars.service.LayerState;
import org.sgsars.service.LayerWorker;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.Stage;
import org.sgsars.wire.Updates;

/** Updates in; one record of row writes per scenario, layer and iteration out. */
public final class ArsStage implements Stage {
  public static final String SERVICE = "ars-controller";

  /** Where it is, what is there, and how often it was written. */
  private static final long BYTES_PER_ROW = 2 * Integer.BYTES + Long.BYTES;

  private final Policies policies;
  private final TileBoard board = new TileBoard();
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
  public List<String> sharedTopics(Topics topics) {
    return List.of(topics.tileWear(), topics.deadLetters());
  }

  @Override
  public void takeShared(Topics topics, String topic, byte[] value) throws WireException {
    if (topic.equals(topics.tileWear())) {
      board.take(WireFormat.TILE_WEAR.decode(value));
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
    return new Worker(runs, topics);
  }

  private final class Worker extends LayerWorker<Updates> {
    private final Topics topics;

    Worker(RunCatalog runs, Topics topics) {
      super(runs, topics.rowWrites());
      this.topics = topics;
    }

    @Override
    protected Updates decode(ByteBuffer value) throws WireException {
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
    protected long firstIteration(RunPlan plan, int stream) {
      return plan.sparsifierTrains(stream) ? -1 : 0;
    }

    @Override
    protected LayerState<Updates> open(RunPlan plan, int stream, int layer) {
      long rows = plan.layers().get(layer).rows();
      List<Integer> scenarios = scenarios(plan, stream);
      Memory.requireRoom(
          BYTES_PER_ROW * rows * scenarios.size(),
          "mappings of %d rows in %d scenarios".formatted(rows, scenarios.size()));
      return new ArsLayer(plan, stream, layer, policies, board, endedLayers, topics);
    }
  }
}
