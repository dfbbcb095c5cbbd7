package org.sgsars.crossbar.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.crossbar.core.CellFailure;
import org.sgsars.crossbar.core.ChangesOfCount;
import org.sgsars.crossbar.core.CrossbarArray;
import org.sgsars.crossbar.core.ProgrammedWeights;
import org.sgsars.device.DeviceCells;
import org.sgsars.failure.Memory;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.service.LayerState;
import org.sgsars.wire.CellFailures;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.StuckAt;
import org.sgsars.wire.TileArrival;
import org.sgsars.wire.Wear;
import org.sgsars.wire.Weights;

/** One layer's array in one scenario. */
final class CrossbarLayer implements LayerState<RowWrites> {
  /** Counts in one record; as variable-length numbers they stay far below the largest record. */
  private static final int COUNTS_PER_PART = 1 << 19;

  /** Failed cells in one record. */
  private static final int CELLS_PER_PART = 1 << 20;

  /** Before the first iteration. */
  private static final long FRESH = -1;

  private static final long[] NONE = {};

  private final RunPlan plan;
  private final int scenario;
  private final int layer;
  private final LayerShape shape;
  private final CrossbarArray array;
  private final Topics topics;
  private List<List<Integer>> selections = new ArrayList<>();

  private final ChangesOfCount failures = new ChangesOfCount();
  private final ChangesOfCount losses = new ChangesOfCount();

  /** What the cells hold; {@code null} where nobody trains on them. */
  private final @Nullable ProgrammedWeights weights;

  private final boolean hasDevice;

  /** Tiles whose contents have moved in this iteration, by their numbers. */
  private List<Integer> movedTiles = new ArrayList<>();

  CrossbarLayer(RunPlan plan, int scenario, int layer, Policies policies, Topics topics) {
    this.plan = plan;
    this.scenario = scenario;
    this.layer = layer;
    this.topics = topics;
    this.shape = plan.layers().get(layer);
    ScenarioPlan ofRun = plan.scenarios().get(scenario);
    ScenarioPlan of = ofRun.forLayer(layer);
    Optional<DeviceCells> cells = DeviceCells.of(plan, ofRun, layer, policies);
    this.hasDevice = cells.isPresent();
    this.array = cells.map(CrossbarArray::new).orElseGet(() -> new CrossbarArray(of.array(shape)));
    this.weights =
        plan.trains(scenario)
            ? new ProgrammedWeights(
                shape,
                array.physicalRows(),
                cells.map(c -> c.device().weightCells()).orElse(null),
                of.retire().isPresent())
            : null;
  }

  @Override
  public void apply(RowWrites record, LayerOutput output) throws WireException {
    check(record);
    if (record.getIteration() < 0) {
      programAll(record, output);
      return;
    }
    if (record.getIteration() == 0 && record.getPart() == 0 && weights == null) {
      sendFailures(FRESH, array.drainFailures(), output);
    }
    CrossbarArray.Failures arrived = CrossbarArray.Failures.NONE;
    try {
      moveTiles(record.getArrivals());
      if (record.getPart() + 1 == record.getParts()) {
        // What arrives is read before the iteration's writes, and before these wear out cells.
        arrived = movedTiles.isEmpty() ? arrived : array.drainFailures();
        write(record);
      }
    } catch (IllegalArgumentException e) {
      throw new WireException(String.valueOf(e.getMessage()), e);
    }
    if (record.getPart() + 1 < record.getParts()) {
      return;
    }
    failures.record(record.getIteration(), array.failedCells());
    losses.record(record.getIteration(), array.lostWeights());
    CrossbarArray.Failures failed = array.drainFailures();
    sendFailures(record.getIteration(), arrived.and(failed), output);
    ProgrammedWeights programmed = weights;
    if (programmed != null) {
      programmed.moveTiles(array.shape(), movedTiles, arrived.failures());
      program(programmed, record, failed.failures(), output);
    }
    movedTiles = new ArrayList<>();
    if (plan.reportSelections() && record.getExtent() != Extent.ALL) {
      selections.add(record.getLogicalRows().stream().distinct().toList());
    }
    long done = record.getIteration() + 1;
    if (done % plan.wearInterval() == 0 || done == plan.iterations()) {
      report(done, output);
    }
  }

  private void write(RowWrites record) {
    int[] rows = WireModel.ints(record.getPhysicalRows());
    switch (record.getExtent()) {
      case ALL -> array.updateAll();
      case ROWS -> array.updateRows(rows);
      case CELLS -> {
        Memory.requireRoom(
            Integer.BYTES * shape.cells(),
            "counts of %d x %d cells".formatted(shape.rows(), shape.columns()));
        array.updateCells(rows, WireModel.ints(record.getColumns()));
      }
    }
    array.level(WireModel.ints(record.getLevellingRows()));
    array.move(
        WireModel.ints(record.getMovedLogicalRows()),
        WireModel.ints(record.getMovedToPhysicalRows()));
  }

  /** The initial weights, as far as fresh cells take them. */
  private void programAll(RowWrites record, LayerOutput output) throws WireException {
    ProgrammedWeights programmed = weights;
    if (programmed == null || record.getExtent() != Extent.ALL) {
      throw new WireException(
          "initial weights come with extent %s; allowed: ALL, in a scenario that trains"
              .formatted(record.getExtent()));
    }
    float[] initial =
        WireModel.values(record.getValues(), record.getExtent(), record.getLogicalRows(), shape);
    CrossbarArray.Failures stuck = array.drainFailures();
    sendFailures(FRESH, stuck, output);
    programmed.stick(stuck.failures());
    programmed.programAll(initial);
    sendWeights(programmed, FRESH, new Selection.All(), output);
  }

  /**
   * Programs what was written, all but the cells that did not take it, and returns what came of it.
   */
  private void program(
      ProgrammedWeights programmed, RowWrites record, List<CellFailure> failed, LayerOutput output)
      throws WireException {
    float[] changes =
        WireModel.values(record.getValues(), record.getExtent(), record.getLogicalRows(), shape);
    Selection selection =
        WireModel.selection(
            record.getExtent(), record.getLogicalRows(), record.getColumns(), shape);
    boolean areCells = record.getExtent() == Extent.CELLS;
    int[] places =
        record.getExtent() == Extent.ALL
            ? programmed.places(shape.rows())
            : WireModel.ints(record.getPhysicalRows());
    int[] cellRows = new int[changes.length];
    int[] cellPlaces = new int[changes.length];
    int[] cellColumns = new int[changes.length];
    selection.forEachCell(
        shape,
        (i, row, column) -> {
          cellRows[i] = row;
          cellPlaces[i] = places[areCells ? i : i / shape.columns()];
          cellColumns[i] = column;
        });
    programmed.write(
        failed,
        cellRows,
        cellPlaces,
        cellColumns,
        changes,
        WireModel.ints(record.getMovedLogicalRows()),
        WireModel.ints(record.getMovedToPhysicalRows()));
    // Without worn cells a content is the same wherever it lies.
    Set<Integer> others = new TreeSet<>();
    if (hasDevice) {
      others.addAll(record.getMovedLogicalRows());
      failed.forEach(cell -> others.add(programmed.logicalRow(cell.physicalRow())));
      movedTiles.forEach(tile -> rowsOf(tile).map(programmed::logicalRow).forEach(others::add));
      others.removeIf(row -> row >= shape.rows());
    }
    Selection changed = selection;
    if (record.getExtent() != Extent.ALL && !others.isEmpty()) {
      others.addAll(record.getLogicalRows());
      changed = new Selection.Rows(WireModel.ints(List.copyOf(others)));
    }
    sendWeights(programmed, record.getIteration(), changed, output);
  }

  /** Physical rows that run through a tile. */
  private IntStream rowsOf(int tile) {
    int first = array.shape().firstRow(tile);
    return IntStream.range(first, first + array.shape().crossbarSize());
  }

  private void sendWeights(
      ProgrammedWeights programmed, long iteration, Selection changed, LayerOutput output)
      throws WireException {
    Extent extent = WireModel.extentOf(changed);
    List<Integer> rows = WireModel.rowsOf(changed);
    float[] values = new float[WireModel.cells(extent, rows, shape)];
    changed.forEachCell(shape, (i, row, column) -> values[i] = programmed.weight(row, column));
    output.share(
        topics.weights(),
        WireFormat.WEIGHTS.encode(
            new Weights(
                plan.run(),
                scenario,
                layer,
                iteration,
                extent,
                rows,
                WireModel.columnsOf(changed),
                WireModel.values(values))));
  }

  private void sendFailures(long iteration, CrossbarArray.Failures taken, LayerOutput output)
      throws WireException {
    List<CellFailure> cells = taken.failures();
    int parts = (cells.size() + CELLS_PER_PART - 1) / CELLS_PER_PART;
    for (int part = 0; part < Math.max(parts, taken.all() ? 1 : 0); part++) {
      int end = Math.min(cells.size(), (part + 1) * CELLS_PER_PART);
      List<CellFailure> ofPart = cells.subList(part * CELLS_PER_PART, end);
      output.share(
          topics.cellFailures(),
          WireFormat.CELL_FAILURES.encode(
              new CellFailures(
                  plan.run(),
                  scenario,
                  layer,
                  iteration,
                  part,
                  taken.all() && part == 0,
                  ofPart.stream().map(CellFailure::physicalRow).toList(),
                  ofPart.stream().map(CellFailure::cell).toList(),
                  ofPart.stream().map(f -> StuckAt.valueOf(f.stuckAt().name())).toList())));
    }
  }

  private void moveTiles(List<TileArrival> arrivals) {
    if (!arrivals.isEmpty()) {
      array.moveTiles(
          arrivals.get(0).getColumnsPerBlock(),
          arrivals.stream().mapToInt(TileArrival::getTile).toArray(),
          arrivals.stream().mapToInt(TileArrival::getPhysicalTile).toArray(),
          arrivals.stream().mapToInt(TileArrival::getFirstColumn).toArray(),
          arrivals.stream().map(arrival -> WireModel.longs(arrival.getWearBefore())).toList());
      arrivals.forEach(arrival -> movedTiles.add(arrival.getTile()));
    }
  }

  private void check(RowWrites record) throws WireException {
    int physicalRows = array.physicalRows();
    WireModel.checkIndices("logical row", record.getLogicalRows(), shape.rows(), shape.name());
    WireModel.checkIndices("physical row", record.getPhysicalRows(), physicalRows, shape.name());
    WireModel.checkIndices("column", record.getColumns(), shape.columns(), shape.name());
    WireModel.checkIndices("levelled row", record.getLevellingRows(), physicalRows, shape.name());
    WireModel.checkIndices("moved row", record.getMovedLogicalRows(), physicalRows, shape.name());
    WireModel.checkIndices(
        "moved-to row", record.getMovedToPhysicalRows(), physicalRows, shape.name());
    if (record.getMovedLogicalRows().size() != record.getMovedToPhysicalRows().size()) {
      throw new WireException(
          "%d rows move to %d places"
              .formatted(
                  record.getMovedLogicalRows().size(), record.getMovedToPhysicalRows().size()));
    }
    if (record.getPart() < 0 || record.getPart() >= record.getParts()) {
      throw new WireException(
          "part %d is outside [0, %d)".formatted(record.getPart(), record.getParts()));
    }
    int places = record.getPhysicalRows().size();
    if (places != record.getLogicalRows().size()
        || (record.getExtent() == Extent.CELLS && places != record.getColumns().size())) {
      throw new WireException(
          "%d logical rows, %d physical rows and %d columns do not belong together"
              .formatted(record.getLogicalRows().size(), places, record.getColumns().size()));
    }
  }

  private void report(long done, LayerOutput output) throws WireException {
    int physicalRows = array.physicalRows();
    int rowsPerPart = Math.max(1, COUNTS_PER_PART / (array.hasCellWrites() ? shape.columns() : 1));
    int parts = (physicalRows + rowsPerPart - 1) / rowsPerPart;
    long[] operations = array.rowOperations();
    int[] map = array.logicalToPhysical();
    int[] failed = array.failedCellsByRow();
    long mostCellWrites = array.maxCellWrites();
    for (int part = 0; part < parts; part++) {
      int from = part * rowsPerPart;
      int to = Math.min(physicalRows, from + rowsPerPart);
      output.send(
          WireFormat.WEAR.encode(
              Wear.newBuilder()
                  .setRun(plan.run())
                  .setScenario(scenario)
                  .setLayer(layer)
                  .setIterations(done)
                  .setPart(part)
                  .setParts(parts)
                  .setFirstRow(from)
                  .setRowWrites(Arrays.stream(operations, from, to).boxed().toList())
                  .setCellWrites(cellWrites(from, to))
                  .setLogicalToPhysical(WireModel.list(Arrays.copyOfRange(map, from, to)))
                  .setMaxCellWrites(mostCellWrites)
                  .setUpdateCellWrites(array.updateCellWrites())
                  .setLevellingCellWrites(array.levellingCellWrites())
                  .setUpdateRowTimes(array.updateRowTimes())
                  .setLevellingRowTimes(array.levellingRowTimes())
                  .setStuckCells(array.stuckCells())
                  .setFailedAt(WireModel.longList(part == 0 ? failures.iterations() : NONE))
                  .setFailedCells(WireModel.longList(part == 0 ? failures.counts() : NONE))
                  .setLostAt(WireModel.longList(part == 0 ? losses.iterations() : NONE))
                  .setLostWeights(WireModel.longList(part == 0 ? losses.counts() : NONE))
                  .setRowFailures(
                      array.failedCells() == 0
                          ? List.of()
                          : WireModel.list(Arrays.copyOfRange(failed, from, to)))
                  .setSelections(part == 0 ? selections : List.of())
                  .build()));
    }
    selections = new ArrayList<>();
    failures.clear();
    losses.clear();
  }

  private @Nullable List<Long> cellWrites(int from, int to) {
    if (!array.hasCellWrites()) {
      return null;
    }
    List<Long> cells = new ArrayList<>((to - from) * shape.columns());
    for (int row = from; row < to; row++) {
      for (int column = 0; column < shape.columns(); column++) {
        cells.add(array.cellWrites(row, column));
      }
    }
    return cells;
  }

  @Override
  public void save(DataOutput out) throws IOException {
    array.save(out);
    out.writeInt(movedTiles.size());
    for (int tile : movedTiles) {
      out.writeInt(tile);
    }
    failures.save(out);
    losses.save(out);
    ProgrammedWeights programmed = weights;
    if (programmed != null) {
      programmed.save(out);
    }
    out.writeInt(selections.size());
    for (List<Integer> rows : selections) {
      out.writeInt(rows.size());
      for (int row : rows) {
        out.writeInt(row);
      }
    }
  }

  @Override
  public void restore(DataInput in) throws IOException {
    array.restore(in);
    for (int moved = in.readInt(); moved > 0; moved--) {
      movedTiles.add(in.readInt());
    }
    failures.restore(in);
    losses.restore(in);
    ProgrammedWeights programmed = weights;
    if (programmed != null) {
      programmed.restore(in);
    }
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      int[] rows = new int[in.readInt()];
      for (int j = 0; j < rows.length; j++) {
        rows[j] = in.readInt();
      }
      selections.add(WireModel.list(rows));
    }
  }
}
