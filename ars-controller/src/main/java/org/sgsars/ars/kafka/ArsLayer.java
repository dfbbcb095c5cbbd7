package org.sgsars.ars.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.device.DeviceCells;
import org.sgsars.leveller.LayerTiles;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerStack;
import org.sgsars.leveller.RowArray;
import org.sgsars.leveller.RowEndurance;
import org.sgsars.leveller.TileMove;
import org.sgsars.leveller.TileState;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.WearFeedback;
import org.sgsars.service.Blocks;
import org.sgsars.service.EndedLayers;
import org.sgsars.service.LayerState;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWear;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.TileArrival;
import org.sgsars.wire.TileWear;
import org.sgsars.wire.Updates;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A layer's arrays under one sparsifier: one per scenario that names it. */
final class ArsLayer implements LayerState<Updates> {
  private static final Logger LOG = LoggerFactory.getLogger(ArsLayer.class);
  private static final long NEVER = -1;

  /** Counts of arrivals in one record; as variable-length numbers they stay below the largest. */
  private static final int COUNTS_PER_PART = 1 << 18;

  private static final class Mapped {
    final int scenario;
    final RowArray array;
    final Leveller leveller;
    final Optional<LayerTiles> tiles;
    final Optional<TileRules> rules;

    /** The last round of tiles that this array took part in. */
    long metAt = NEVER;

    /**
     * Nothing of the array is to be relied on: a policy threw, or the round it needs never comes.
     */
    boolean hasEnded;

    /** Why it ends with the next record, if it does. */
    Optional<String> endsBy = Optional.empty();

    Mapped(
        int scenario,
        RowArray array,
        Leveller leveller,
        Optional<LayerTiles> tiles,
        Optional<TileRules> rules) {
      this.rules = rules;
      this.scenario = scenario;
      this.array = array;
      this.leveller = leveller;
      this.tiles = tiles;
    }

    boolean meetsBefore(long iteration) {
      return !hasEnded
          && endsBy.isEmpty()
          && tiles.isPresent()
          && tiles.get().exchange().isDueBefore(iteration)
          && metAt < iteration;
    }
  }

  private final RunPlan plan;
  private final int sparsifier;
  private final int layer;
  private final LayerShape shape;
  private final TileBoard board;
  private final EndedLayers endedLayers;
  private final Topics topics;
  private final List<Mapped> arrays = new ArrayList<>();

  /** Iterations between two reports of wear to the sparsifier, if it asks for them. */
  private final OptionalInt feedback;

  ArsLayer(
      RunPlan plan,
      int sparsifier,
      int layer,
      Policies policies,
      TileBoard board,
      EndedLayers endedLayers,
      Topics topics) {
    this.endedLayers = endedLayers;
    this.plan = plan;
    this.sparsifier = sparsifier;
    this.layer = layer;
    this.shape = plan.layers().get(layer);
    this.board = board;
    this.topics = topics;
    this.feedback = WearFeedback.interval(plan.sparsifiers().get(sparsifier));
    for (int i = 0; i < plan.scenarios().size(); i++) {
      if (plan.scenarios().get(i).sparsifier() == sparsifier) {
        arrays.add(newArray(i, policies));
      }
    }
    join();
  }

  private Mapped newArray(int index, Policies policies) {
    ScenarioPlan scenario = plan.scenarios().get(index);
    Optional<RowEndurance> endurance =
        DeviceCells.of(plan, scenario, layer, policies).map(RowEndurance::new);
    RowArray array = new RowArray(shape.rows(), scenario.physicalRows(shape), endurance);
    Leveller leveller = Leveller.NONE;
    Optional<String> endsBy = Optional.empty();
    try {
      leveller =
          LevellerStack.create(array, scenario.levellers(), policies, plan.seed(), shape.name());
    } catch (PolicyFailure e) {
      endsBy = Optional.of(told(index, e));
    }
    Optional<LayerTiles> tiles = LayerTiles.of(scenario, plan.layers(), layer, array);
    Optional<TileRules> rules = tiles.map(of -> new TileRules(plan, scenario, of));
    Mapped mapped = new Mapped(index, array, leveller, tiles, rules);
    mapped.endsBy = endsBy;
    return mapped;
  }

  private void join() {
    for (Mapped mapped : arrays) {
      if (!mapped.hasEnded) {
        mapped.rules.ifPresent(
            rules -> board.join(plan.run(), mapped.scenario, layer, mapped.metAt + 1, rules));
      }
    }
  }

  @Override
  public boolean isReady(Updates record, LayerOutput output) throws WireException {
    boolean ready = true;
    for (Mapped mapped : arrays) {
      if (!mapped.meetsBefore(record.getIteration())) {
        continue;
      }
      Optional<List<TileState>> met = met(mapped, record.getIteration());
      if (met.isPresent()) {
        check(met.get());
      } else {
        Optional<String> ended =
            endedLayers.any(plan.run(), mapped.scenario, record.getIteration() - 1);
        mapped.endsBy =
            ended.map(
                other ->
                    "layer %s has ended, and all layers of scenario %s share their crossbars"
                        .formatted(other, name(mapped)));
        ready &= mapped.endsBy.isPresent();
      }
    }
    return ready;
  }

  /**
   * Tiles are sent when the iteration before the round is done, not when the round's own comes: in
   * one partition that may stand behind another layer's, which waits for this one.
   */
  private void sendTiles(Mapped mapped, long iteration, LayerOutput output) throws WireException {
    for (TileState tile : mapped.tiles.orElseThrow().meet()) {
      output.share(
          topics.tileWear(),
          WireFormat.TILE_WEAR.encode(
              new TileWear(
                  plan.run(),
                  mapped.scenario,
                  layer,
                  iteration,
                  tile.tile(),
                  tile.physicalTile(),
                  tile.firstBlock(),
                  tile.blocks(),
                  tile.contentWrites(),
                  WireModel.longList(tile.wear()))));
    }
  }

  /** Each fits the run, or would not be here; together no two may lie in one crossbar. */
  private static void check(List<TileState> met) throws WireException {
    Set<Integer> physicalTiles = new HashSet<>();
    for (TileState tile : met) {
      if (!physicalTiles.add(tile.physicalTile())) {
        throw new WireException(
            "tile %d of layer %d came with physical tile %d, where another lies"
                .formatted(tile.tile(), tile.layer(), tile.physicalTile()));
      }
    }
  }

  private Optional<List<TileState>> met(Mapped mapped, long iteration) {
    int tiles = mapped.rules.orElseThrow().tiles();
    return board.all(plan.run(), mapped.scenario, iteration, tiles);
  }

  @Override
  public void apply(Updates record, LayerOutput output) throws WireException {
    Selection selection =
        WireModel.selection(record.getExtent(), record.getRows(), record.getColumns(), shape);
    if (plan.sparsifierTrains(sparsifier)) {
      // Whoever programs the cells must be able to rely on them.
      WireModel.values(record.getValues(), record.getExtent(), record.getRows(), shape);
    }
    if (record.getIteration() < 0) {
      passWeights(record, output);
      return;
    }
    failIfAllEnd();
    for (Mapped mapped : arrays) {
      if (mapped.endsBy.isPresent()) {
        end(mapped, record.getIteration(), mapped.endsBy.get(), output);
      } else if (!mapped.hasEnded) {
        apply(mapped, selection, record, output);
      }
    }
  }

  private void apply(Mapped mapped, Selection selection, Updates record, LayerOutput output)
      throws WireException {
    List<TileArrival> arrivals =
        mapped.meetsBefore(record.getIteration())
            ? exchange(mapped, record.getIteration())
            : List.of();
    RowArray.IterationWrites writes;
    try {
      writes = mapped.array.apply(selection, record.getIteration(), mapped.leveller);
    } catch (RuntimeException | Error e) {
      PolicyFailure failure = failure(mapped, e);
      if (isLast(mapped)) {
        throw failure;
      }
      end(mapped, record.getIteration(), told(mapped.scenario, failure), output);
      return;
    }
    send(mapped, record, arrivals, writes, output);
    long next = record.getIteration() + 1;
    if (next < plan.iterations() && mapped.meetsBefore(next)) {
      sendTiles(mapped, next, output);
    }
    feedBack(mapped, next, output);
  }

  /** Whether the layer has ended in all other scenarios, or ends with this record. */
  private boolean isLast(Mapped mapped) {
    return arrays.stream()
        .allMatch(other -> other == mapped || other.hasEnded || other.endsBy.isPresent());
  }

  /** Where no scenario goes on, the layer does not. */
  private void failIfAllEnd() throws WireException {
    List<Mapped> left = arrays.stream().filter(mapped -> !mapped.hasEnded).toList();
    if (left.stream().allMatch(mapped -> mapped.endsBy.isPresent())) {
      throw new WireException(
          left.stream()
              .flatMap(mapped -> mapped.endsBy.stream())
              .distinct()
              .collect(Collectors.joining("; ")));
    }
  }

  /** Ends the layer in one of its scenarios; nothing of this iteration is sent. */
  private void end(Mapped mapped, long iteration, String reason, LayerOutput output) {
    mapped.hasEnded = true;
    mapped.endsBy = Optional.empty();
    leave(mapped);
    output.end(
        List.of(mapped.scenario),
        "layer %s, iteration %d, scenario '%s': %s"
            .formatted(shape.name(), iteration, name(mapped), reason));
  }

  private String name(Mapped mapped) {
    return plan.scenarios().get(mapped.scenario).name();
  }

  /** What a letter says; the log says where, for whoever wrote the policy. */
  private String told(int scenario, PolicyFailure failure) {
    LOG.warn(
        "Layer {} of scenario {} ends",
        shape.name(),
        plan.scenarios().get(scenario).name(),
        failure);
    return String.valueOf(failure.getMessage());
  }

  /** Of several levellers the one that threw has said so already. */
  private PolicyFailure failure(Mapped mapped, Throwable thrown) {
    List<PolicyChoice> levellers = plan.scenarios().get(mapped.scenario).levellers();
    return PolicyFailure.of(PolicyFamily.LEVELLER, levellers.get(0).kind(), thrown);
  }

  /** Initial weights lie where rows lie at first, and are no write. */
  private void passWeights(Updates record, LayerOutput output) throws WireException {
    if (record.getExtent() != Extent.ALL) {
      throw new WireException(
          "initial weights come with extent %s; allowed: ALL".formatted(record.getExtent()));
    }
    RowArray.IterationWrites none =
        new RowArray.IterationWrites(
            new Selection.All(), new int[0], new int[0], new int[0], new int[0], new int[0]);
    for (Mapped mapped : arrays) {
      if (plan.trains(mapped.scenario)) {
        send(mapped, record, List.of(), none, output);
      }
    }
  }

  private void send(
      Mapped mapped,
      Updates record,
      List<TileArrival> arrivals,
      RowArray.IterationWrites writes,
      LayerOutput output)
      throws WireException {
    int perPart =
        mapped.tiles.map(tiles -> Math.max(1, COUNTS_PER_PART / tiles.counts())).orElse(1);
    int parts = Math.max(1, (arrivals.size() + perPart - 1) / perPart);
    RowWrites.Builder next =
        RowWrites.newBuilder()
            .setRun(plan.run())
            .setScenario(mapped.scenario)
            .setLayer(layer)
            .setIteration(record.getIteration())
            .setParts(parts)
            .setExtent(record.getExtent())
            .setLogicalRows(List.of())
            .setPhysicalRows(List.of())
            .setColumns(List.of())
            .setLevellingRows(List.of())
            .setMovedLogicalRows(List.of())
            .setMovedToPhysicalRows(List.of())
            .setValues(ByteBuffer.allocate(0));
    for (int part = 0; part + 1 < parts; part++) {
      next.setPart(part).setArrivals(arrivals.subList(part * perPart, (part + 1) * perPart));
      output.send(WireFormat.ROW_WRITES.encode(next.build()));
    }
    if (record.getExtent() != Extent.ALL) {
      next.setLogicalRows(record.getRows())
          .setPhysicalRows(WireModel.list(writes.physicalRows()))
          .setColumns(record.getColumns());
    }
    next.setPart(parts - 1)
        .setArrivals(arrivals.subList((parts - 1) * perPart, arrivals.size()))
        .setLevellingRows(WireModel.list(writes.levellingRows()))
        .setMovedLogicalRows(WireModel.list(writes.movedLogicalRows()))
        .setMovedToPhysicalRows(WireModel.list(writes.movedToPhysicalRows()));
    if (plan.trains(mapped.scenario)) {
      next.setValues(record.getValues());
    }
    output.send(WireFormat.ROW_WRITES.encode(next.build()));
  }

  /** Tells a sparsifier that asks for it how worn its rows are, for use an interval later. */
  private void feedBack(Mapped mapped, long done, LayerOutput output) throws WireException {
    if (feedback.isEmpty()) {
      return;
    }
    int interval = feedback.getAsInt();
    if (done % interval == 0 && done + interval < plan.iterations()) {
      long[] writes = new long[shape.rows()];
      Arrays.setAll(writes, row -> mapped.array.writes(mapped.array.physicalRow(row)));
      output.share(
          topics.rowWear(),
          WireFormat.ROW_WEAR.encode(
              new RowWear(
                  plan.run(),
                  mapped.scenario,
                  layer,
                  done + interval,
                  WireModel.longList(writes))));
    }
  }

  private List<TileArrival> exchange(Mapped mapped, long iteration) {
    List<TileState> all = met(mapped, iteration).orElseThrow();
    LayerTiles tiles = mapped.tiles.orElseThrow();
    List<TileMove> moves = tiles.exchange().decide(all, tiles.rows());
    List<TileArrival> arrivals = new ArrayList<>();
    for (LayerTiles.Arrival arrival : tiles.apply(moves, all)) {
      arrivals.add(
          new TileArrival(
              arrival.tile(),
              arrival.physicalTile(),
              arrival.firstColumn(),
              tiles.columnsPerBlock(),
              WireModel.longList(arrival.wearBefore())));
    }
    mapped.metAt = iteration;
    join();
    return arrivals;
  }

  @Override
  public void close() {
    arrays.stream().filter(mapped -> !mapped.hasEnded).forEach(this::leave);
  }

  private void leave(Mapped mapped) {
    if (mapped.tiles.isPresent()) {
      board.leave(plan.run(), mapped.scenario, layer);
    }
  }

  @Override
  public void save(DataOutput out) throws IOException {
    for (Mapped mapped : arrays) {
      out.writeBoolean(mapped.hasEnded);
      if (mapped.hasEnded) {
        continue;
      }
      mapped.array.save(out);
      saveLeveller(mapped, out);
      if (mapped.tiles.isPresent()) {
        out.writeLong(mapped.metAt);
        mapped.tiles.get().save(out);
      }
    }
  }

  /** A leveller that cannot be saved ends with the next record, here and after a restart. */
  private void saveLeveller(Mapped mapped, DataOutput out) throws IOException {
    if (mapped.endsBy.isEmpty()) {
      mapped.endsBy =
          Blocks.write(out, mapped.leveller::save)
              .map(thrown -> told(mapped.scenario, failure(mapped, thrown)));
    }
    if (mapped.endsBy.isPresent()) {
      Blocks.breakOff(out, mapped.endsBy.get());
    }
  }

  /**
   * @throws OutOfMemoryError if that is all: with more memory the leveller goes on
   */
  private PolicyFailure lost(Mapped mapped, Throwable thrown) {
    if (thrown instanceof OutOfMemoryError error) {
      throw error;
    }
    return failure(mapped, thrown);
  }

  @Override
  public void restore(DataInput in) throws IOException {
    for (Mapped mapped : arrays) {
      mapped.hasEnded = in.readBoolean();
      if (mapped.hasEnded) {
        leave(mapped);
        continue;
      }
      mapped.array.restore(in);
      Blocks.read(
              in, mapped.leveller::restore, thrown -> told(mapped.scenario, lost(mapped, thrown)))
          .ifPresent(reason -> mapped.endsBy = Optional.of(reason));
      if (mapped.tiles.isPresent()) {
        mapped.metAt = in.readLong();
        mapped.tiles.get().restore(in);
      }
    }
    join();
  }
}
