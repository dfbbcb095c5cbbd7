package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport.CellWear;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailedCells;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;
import org.sgsars.device.DeviceCells;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;

/** The wear of one layer in one scenario, as far as it was reported. */
final class LayerWear {
  private final int scenario;
  private final int layer;
  private final LayerShape shape;
  private final boolean keepsSelections;
  private final boolean isDigital;
  private final int physicalRows;
  private final List<TimelinePoint> timeline = new ArrayList<>();
  private final List<int[]> selections = new ArrayList<>();
  private final WearHistory history;
  private final RowMoves moves;
  private final UpdateCounts updates = new UpdateCounts();

  /** Where failed rows are given up. */
  private final Optional<ReadPasses> readPasses;

  /** Of the last whole report; never changed, so that it may be handed on. */
  private Rows rows;

  /** Of the report whose parts are coming in. */
  private Rows open;

  private List<int[]> openSelections = List.of();
  private long iterations;
  private long openIterations;
  private int nextPart;

  /** What was before, for how wear grows. */
  private record Earlier(Rows rows, long iterations, long cellWrites) {}

  private final Earlier start;

  /** The last whole report of the planned run's first half; the start if there was none. */
  private Earlier half;

  private final long halfOfPlan;
  private List<FailedCells> openFailedCells = List.of();
  private List<FailedCells> openLostWeights = List.of();
  private final List<FailedCells> failedCells = new ArrayList<>();
  private final List<FailedCells> lostWeights = new ArrayList<>();
  private WearPart.Totals totals = WearPart.Totals.NONE;

  LayerWear(RunPlan plan, int scenario, int layer) {
    this.scenario = scenario;
    this.layer = layer;
    this.shape = plan.layers().get(layer);
    this.keepsSelections = plan.reportSelections();
    ScenarioPlan own = plan.scenarios().get(scenario);
    this.isDigital = own.isDigital(layer);
    this.physicalRows = isDigital ? 0 : own.forLayer(layer).physicalRows(shape);
    this.readPasses =
        isDigital || !own.retiresIn(layer) || own.crossLayer().isPresent()
            ? Optional.empty()
            : Optional.of(new ReadPasses(own.forLayer(layer).array(shape)));
    this.history = new WearHistory(physicalRows);
    this.halfOfPlan = plan.iterations() / 2;
    this.rows = new Rows(physicalRows);
    this.open = rows;
    this.moves = new RowMoves(isDigital ? 0 : shape.rows(), rows.logicalToPhysical);
    this.start = new Earlier(rows, 0, 0);
    this.half = start;
    // Nothing is to come of what does not lie on crossbars.
    this.iterations = isDigital ? plan.iterations() : 0;
  }

  /** Whether the layer does not lie on crossbars in this scenario, and is never written. */
  boolean isDigital() {
    return isDigital;
  }

  /** The wear of every physical row, and where every logical row lies. */
  private static final class Rows {
    final long[] writes;
    final int[] logicalToPhysical;
    final int[] failures;
    long @Nullable [][] cellWrites;

    Rows(int physicalRows) {
      writes = new long[physicalRows];
      logicalToPhysical = new int[physicalRows];
      failures = new int[physicalRows];
      java.util.Arrays.setAll(logicalToPhysical, row -> row);
    }
  }

  /** Adds a part of a report; a duplicate changes nothing. */
  void add(WearPart part) {
    if (part.iterations() <= iterations || !isNext(part)) {
      return;
    }
    check(part);
    if (part.place().part() == 0) {
      open = new Rows(physicalRows);
      openSelections = part.selections();
      openFailedCells = changes(part.changes().failures());
      openLostWeights = changes(part.changes().losses());
    }
    int count = part.rows().writes().length;
    System.arraycopy(part.rows().writes(), 0, open.writes, part.place().firstRow(), count);
    System.arraycopy(
        part.rows().logicalToPhysical(), 0, open.logicalToPhysical, part.place().firstRow(), count);
    System.arraycopy(
        part.rows().failures(),
        0,
        open.failures,
        part.place().firstRow(),
        part.rows().failures().length);
    addCells(part);
    openIterations = part.iterations();
    nextPart = part.place().part() + 1;
    if (nextPart == part.place().parts()) {
      close(part);
    }
  }

  private boolean isNext(WearPart part) {
    return part.place().part() == (part.iterations() == openIterations ? nextPart : 0);
  }

  private void check(WearPart part) {
    int end = part.place().firstRow() + part.rows().writes().length;
    if (part.place().firstRow() < 0
        || end > physicalRows
        || part.rows().logicalToPhysical().length != part.rows().writes().length) {
      throw new IllegalArgumentException(
          "rows %d to %d do not fit the %d physical rows of layer %s"
              .formatted(part.place().firstRow(), end, physicalRows, shape.name()));
    }
    int failures = part.rows().failures().length;
    if (failures != 0 && failures != part.rows().writes().length) {
      throw new IllegalArgumentException(
          "failures of %d rows came with %d rows of layer %s"
              .formatted(failures, part.rows().writes().length, shape.name()));
    }
    check("failure", part.changes().failures());
    check("loss", part.changes().losses());
  }

  private void check(String what, WearPart.Changes changes) {
    if (changes.at().length != changes.counts().length) {
      throw new IllegalArgumentException(
          "%d %s counts came for %d iterations of layer %s"
              .formatted(changes.counts().length, what, changes.at().length, shape.name()));
    }
  }

  private static List<FailedCells> changes(WearPart.Changes changes) {
    return IntStream.range(0, changes.at().length)
        .mapToObj(i -> new FailedCells(changes.at()[i], changes.counts()[i]))
        .toList();
  }

  private void addCells(WearPart part) {
    long[] cells = part.rows().cellWrites();
    if (cells == null) {
      return;
    }
    int columns = shape.columns();
    if (cells.length != part.rows().writes().length * columns) {
      throw new IllegalArgumentException(
          "%d cells do not fill %d rows of %d columns of layer %s"
              .formatted(cells.length, part.rows().writes().length, columns, shape.name()));
    }
    long[][] all = open.cellWrites;
    if (all == null) {
      all = new long[physicalRows][columns];
      open.cellWrites = all;
    }
    for (int row = 0; row < part.rows().writes().length; row++) {
      System.arraycopy(cells, row * columns, all[part.place().firstRow() + row], 0, columns);
    }
  }

  private void close(WearPart part) {
    iterations = part.iterations();
    nextPart = 0;
    rows = open;
    if (iterations <= halfOfPlan) {
      half = new Earlier(rows, iterations, part.totals().cellWrites());
    }
    selections.addAll(openSelections);
    failedCells.addAll(openFailedCells);
    lostWeights.addAll(openLostWeights);
    totals = part.totals();
    updates.add(iterations, updatesOfColumns());
    long[] mostOfRows = LayerLifetime.mostOfRows(rows.writes, rows.cellWrites);
    history.add(iterations, mostOfRows);
    moves.add(rows.logicalToPhysical, rows.failures, lostNow());
    readPasses.ifPresent(passes -> passes.add(iterations, rows.logicalToPhysical));
    timeline.add(
        new TimelinePoint(
            iterations,
            scenario,
            layer,
            totals.maxCellWrites(),
            meanCellWrites(),
            failedNow(),
            lostNow(),
            Evenness.gini(mostOfRows)));
  }

  /** Writes of each column by updates; one number where whole rows are written. */
  private long[] updatesOfColumns() {
    long[][] cells = rows.cellWrites;
    if (cells == null) {
      return new long[] {totals.updateCellWrites() / shape.columns()};
    }
    long[] sums = new long[shape.columns()];
    // Levelling writes whole rows.
    java.util.Arrays.fill(sums, -totals.levellingCellWrites() / shape.columns());
    for (long[] row : cells) {
      for (int column = 0; column < sums.length; column++) {
        sums[column] += row[column];
      }
    }
    return sums;
  }

  long iterations() {
    return iterations;
  }

  long maxCellWrites() {
    return totals.maxCellWrites();
  }

  long updateCellWrites() {
    return totals.updateCellWrites();
  }

  long levellingCellWrites() {
    return totals.levellingCellWrites();
  }

  LayerShape shape() {
    return shape;
  }

  int layer() {
    return layer;
  }

  /**
   * Whether every row lies where it lay at first, and never lay elsewhere: levelling wrote nothing,
   * and no row without weights was written. The first row that moves at no cost takes the place of
   * one without weights, and the update that moves it writes there.
   */
  boolean movedNoRow() {
    return totals.levellingCellWrites() == 0
        && IntStream.range(0, physicalRows).allMatch(row -> rows.logicalToPhysical[row] == row)
        && IntStream.range(shape.rows(), physicalRows).allMatch(row -> rows.writes[row] == 0);
  }

  /** A run that was stopped early, or that goes on, has no second half to be judged by. */
  private Earlier earlier() {
    return iterations > halfOfPlan ? half : start;
  }

  /** How the wear of its rows grew from the middle of the run on, or from its start. */
  void addTo(OwnCells own, DeviceCells cells, long[] weakestOfRows) {
    long[] before = earlier().rows.writes;
    for (int row = 0; row < physicalRows; row++) {
      own.add(cells, row, shape.columns(), weakestOfRows[row], before[row], rows.writes[row]);
    }
  }

  /**
   * Iterations at the last report of the first half; 0 if there was none, or the run has not come
   * past its half.
   */
  long halfIterations() {
    return earlier().iterations;
  }

  /** Cell writes at that report. */
  long halfCellWrites() {
    return earlier().cellWrites;
  }

  long stuckCells() {
    return totals.stuckCells();
  }

  long updateRowTimes() {
    return totals.updateRowTimes();
  }

  long levellingRowTimes() {
    return totals.levellingRowTimes();
  }

  /** Worn-out cells. */
  long failedNow() {
    return failedCells.isEmpty() ? 0 : failedCells.get(failedCells.size() - 1).cells();
  }

  /** Weights that lie where a cell is worn out. */
  long lostNow() {
    return lostWeights.isEmpty() ? 0 : lostWeights.get(lostWeights.size() - 1).cells();
  }

  /** The iteration in which a weight was lost first, if one was. */
  OptionalLong firstLoss() {
    return lostWeights.stream().mapToLong(FailedCells::iteration).findFirst();
  }

  /**
   * When its updates have written a column so often, in all rows; empty if they never will have.
   */
  OptionalDouble updatedAt(int column, double writes) {
    return updates.at(column, writes, halfOfPlan);
  }

  /** Whether single cells of a row are written. */
  boolean writesSingleCells() {
    return rows.cellWrites != null;
  }

  /** Its rows now. */
  LossProjection.Sample sample() {
    return sample(iterations, rows);
  }

  /** Its rows at {@link #halfIterations}. */
  LossProjection.Sample halfSample() {
    return sample(earlier().iterations, earlier().rows);
  }

  private static LossProjection.Sample sample(long iterations, Rows of) {
    return new LossProjection.Sample(iterations, of.writes, of.logicalToPhysical, of.failures);
  }

  /** As {@link #sample}, with its cells. */
  CellLossProjection.Sample cellSample() {
    return new CellLossProjection.Sample(sample(), rows.cellWrites);
  }

  /** As {@link #halfSample}, with its cells. */
  CellLossProjection.Sample halfCellSample() {
    return new CellLossProjection.Sample(halfSample(), earlier().rows.cellWrites);
  }

  /** Every change of the number of worn-out cells, in order. */
  List<FailedCells> failedCells() {
    return failedCells;
  }

  /**
   * How its cells' wear grew from the middle of the run on, or from its start.
   *
   * @param cellsPerWeight cells that count alike
   */
  void addTo(Growth growth, int cellsPerWeight) {
    long[][] cells = rows.cellWrites;
    Rows earlier = earlier().rows;
    long[][] before = earlier.cellWrites;
    for (int row = 0; row < physicalRows; row++) {
      if (cells == null) {
        growth.add(
            earlier.writes[row], rows.writes[row], (double) shape.columns() * cellsPerWeight);
        continue;
      }
      for (int column = 0; column < shape.columns(); column++) {
        // While no single cell was written, all of a row had its writes.
        long of = before == null ? earlier.writes[row] : before[row][column];
        growth.add(of, cells[row][column], cellsPerWeight);
      }
    }
  }

  List<TimelinePoint> timeline() {
    return timeline;
  }

  /** Cells of all physical rows, padding included. */
  long cells() {
    return (long) physicalRows * shape.columns();
  }

  double meanCellWrites() {
    return (double) totals.cellWrites() / cells();
  }

  private static OptionalDouble ratio(double dividend, long divisor) {
    return divisor > 0 ? OptionalDouble.of(dividend / divisor) : OptionalDouble.empty();
  }

  /**
   * @param sharedBound of the network, where its layers share their cells
   * @param onDevice what becomes of its cells, if a device is modelled
   * @param rowEndurance of {@link LayerLifetime}
   */
  LayerLifetime lifetime(
      OptionalDouble sharedBound, Optional<DeviceLifetime> onDevice, long[] rowEndurance) {
    return new LayerLifetime(
        shape,
        physicalRows,
        iterations,
        new CellWear(
            totals.maxCellWrites(),
            meanCellWrites(),
            ratio(iterations, totals.maxCellWrites()),
            sharedBound.isPresent()
                ? sharedBound
                : ratio((double) iterations * cells(), totals.updateCellWrites())),
        new LayerLifetime.Rows(rows.writes, rows.cellWrites, rows.logicalToPhysical),
        new LayerLifetime.DeviceRows(
            onDevice,
            rowEndurance,
            failedNow() == 0 ? new int[0] : rows.failures,
            List.copyOf(failedCells),
            List.copyOf(lostWeights),
            readPasses.map(
                passes -> passes.costs(rows.writes, rows.logicalToPhysical, rows.failures))),
        keepsSelections && !selections.isEmpty()
            ? Optional.of(List.copyOf(selections))
            : Optional.empty(),
        new LayerLifetime.Past(
            history.rowsPerBucket(), history.snapshots(), moves.moves(), moves.firstLost()));
  }
}
