package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;
import org.sgsars.contract.model.LayerShape;

/** The wear of one layer in one scenario, as far as it was reported. */
final class LayerWear {
  private final int scenario;
  private final int layer;
  private final LayerShape shape;
  private final boolean keepsSelections;
  private final int physicalRows;
  private final List<TimelinePoint> timeline = new ArrayList<>();
  private final List<int[]> selections = new ArrayList<>();

  /** Of the last whole report; never changed, so that it may be handed on. */
  private Rows rows;

  /** Of the report whose parts are coming in. */
  private Rows open;

  private List<int[]> openSelections = List.of();
  private long iterations;
  private long openIterations;
  private int nextPart;
  private long maxCellWrites;
  private long updateCellWrites;
  private long levellingCellWrites;

  LayerWear(int scenario, int layer, LayerShape shape, int physicalRows, boolean keepsSelections) {
    this.scenario = scenario;
    this.layer = layer;
    this.shape = shape;
    this.keepsSelections = keepsSelections;
    this.physicalRows = physicalRows;
    this.rows = new Rows(physicalRows);
    this.open = rows;
  }

  /** The wear of every physical row, and where every logical row lies. */
  private static final class Rows {
    final long[] writes;
    final int[] logicalToPhysical;
    long @Nullable [][] cellWrites;

    Rows(int physicalRows) {
      writes = new long[physicalRows];
      logicalToPhysical = new int[physicalRows];
      java.util.Arrays.setAll(logicalToPhysical, row -> row);
    }
  }

  /** Takes a part of a report; one that was taken before changes nothing. */
  void take(WearPart part) {
    if (part.iterations() <= iterations || !isNext(part)) {
      return;
    }
    check(part);
    if (part.part() == 0) {
      open = new Rows(physicalRows);
      openSelections = part.selections();
    }
    int count = part.rowWrites().length;
    System.arraycopy(part.rowWrites(), 0, open.writes, part.firstRow(), count);
    System.arraycopy(part.logicalToPhysical(), 0, open.logicalToPhysical, part.firstRow(), count);
    takeCells(part);
    openIterations = part.iterations();
    nextPart = part.part() + 1;
    if (nextPart == part.parts()) {
      close(part);
    }
  }

  private boolean isNext(WearPart part) {
    return part.part() == (part.iterations() == openIterations ? nextPart : 0);
  }

  private void check(WearPart part) {
    int end = part.firstRow() + part.rowWrites().length;
    if (part.firstRow() < 0
        || end > physicalRows
        || part.logicalToPhysical().length != part.rowWrites().length) {
      throw new IllegalArgumentException(
          "rows %d to %d do not fit the %d physical rows of layer %s"
              .formatted(part.firstRow(), end, physicalRows, shape.name()));
    }
  }

  private void takeCells(WearPart part) {
    long[] cells = part.cellWrites();
    if (cells == null) {
      return;
    }
    int columns = shape.columns();
    if (cells.length != part.rowWrites().length * columns) {
      throw new IllegalArgumentException(
          "%d cells do not fill %d rows of %d columns of layer %s"
              .formatted(cells.length, part.rowWrites().length, columns, shape.name()));
    }
    long[][] all = open.cellWrites;
    if (all == null) {
      all = new long[physicalRows][columns];
      open.cellWrites = all;
    }
    for (int row = 0; row < part.rowWrites().length; row++) {
      System.arraycopy(cells, row * columns, all[part.firstRow() + row], 0, columns);
    }
  }

  private void close(WearPart part) {
    iterations = part.iterations();
    nextPart = 0;
    rows = open;
    selections.addAll(openSelections);
    maxCellWrites = part.maxCellWrites();
    updateCellWrites = part.updateCellWrites();
    levellingCellWrites = part.levellingCellWrites();
    timeline.add(new TimelinePoint(iterations, scenario, layer, maxCellWrites, meanCellWrites()));
  }

  long iterations() {
    return iterations;
  }

  long maxCellWrites() {
    return maxCellWrites;
  }

  long updateCellWrites() {
    return updateCellWrites;
  }

  long levellingCellWrites() {
    return levellingCellWrites;
  }

  List<TimelinePoint> timeline() {
    return timeline;
  }

  /** Cells of all physical rows, padding included. */
  long cells() {
    return (long) physicalRows * shape.columns();
  }

  double meanCellWrites() {
    return (double) (updateCellWrites + levellingCellWrites) / cells();
  }

  private static OptionalDouble ratio(double dividend, long divisor) {
    return divisor > 0 ? OptionalDouble.of(dividend / divisor) : OptionalDouble.empty();
  }

  /**
   * @param sharedBound of the network, where its layers share their cells
   */
  LayerLifetime lifetime(OptionalDouble sharedBound) {
    return new LayerLifetime(
        shape,
        physicalRows,
        iterations,
        maxCellWrites,
        meanCellWrites(),
        ratio(iterations, maxCellWrites),
        sharedBound.isPresent()
            ? sharedBound
            : ratio((double) iterations * cells(), updateCellWrites),
        rows.writes,
        rows.cellWrites,
        rows.logicalToPhysical,
        keepsSelections && !selections.isEmpty()
            ? Optional.of(List.copyOf(selections))
            : Optional.empty());
  }
}
