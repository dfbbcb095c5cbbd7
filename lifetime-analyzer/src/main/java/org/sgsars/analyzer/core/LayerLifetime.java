package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport.CellWear;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailedCells;
import org.sgsars.analyzer.core.LifetimeReport.Snapshot;
import org.sgsars.model.LayerShape;

/**
 * One layer of one scenario.
 *
 * @param shape the logical matrix
 * @param physicalRows rows of the array, padding included; 0 if the layer is not on crossbars
 * @param iterations iterations that this wear reflects
 * @param wear of the layer's cells
 * @param rows the wear of every row, and where it lies
 * @param onDeviceRows what a device makes of it
 * @param selectedRows the logical rows written in each iteration, if the run keeps them
 * @param past how the wear looked before
 */
public record LayerLifetime(
    LayerShape shape,
    int physicalRows,
    long iterations,
    CellWear wear,
    Rows rows,
    DeviceRows onDeviceRows,
    Optional<List<int[]>> selectedRows,
    Past past) {
  /**
   * @param rowWrites write operations per physical row
   * @param cellWrites writes per physical row and column where single cells are written
   * @param logicalToPhysical row map after the last of the iterations, rows without weights
   *     included
   */
  public record Rows(long[] rowWrites, long @Nullable [][] cellWrites, int[] logicalToPhysical) {}

  /**
   * @param onDevice what becomes of the layer's cells; empty if no device is modelled
   * @param rowEndurance writes that the weakest working cell of each physical row survives when
   *     fresh; empty if no device is modelled, contents change crossbars across layers, no wear was
   *     reported yet, or the layer has more than 2^30 cells
   * @param rowFailures worn-out cells per physical row; empty if there are none
   * @param failedCells every change of their number
   * @param lostWeights every change of the number of weights that lie where a cell is worn out
   * @param retirement what giving up failed rows costs; empty where none are given up
   */
  public record DeviceRows(
      Optional<DeviceLifetime> onDevice,
      long[] rowEndurance,
      int[] rowFailures,
      List<FailedCells> failedCells,
      List<FailedCells> lostWeights,
      Optional<Retirement> retirement) {}

  /**
   * @param rowsPerBucket physical rows that one number of a snapshot stands for
   * @param history how the wear looked at some times before
   * @param moves in how many reports of wear each logical row lay elsewhere than in the one before:
   *     it was moved so often, or more
   * @param firstLostRows physical rows with worn-out cells and weights in the first report of lost
   *     weights; empty if none were lost, or they had left by then
   */
  public record Past(int rowsPerBucket, List<Snapshot> history, int[] moves, int[] firstLostRows) {}

  /** Whether the layer does not lie on crossbars in this scenario; then there is no wear. */
  public boolean isDigital() {
    return physicalRows == 0;
  }

  /** See {@link CellWear}. */
  public long maxCellWrites() {
    return wear.maxCellWrites();
  }

  /** See {@link CellWear}. */
  public double meanCellWrites() {
    return wear.meanCellWrites();
  }

  /** See {@link CellWear}. */
  public OptionalDouble lifetimeExtension() {
    return wear.lifetimeExtension();
  }

  /** See {@link CellWear}. */
  public OptionalDouble bound() {
    return wear.bound();
  }

  /** See {@link Rows}. */
  public long[] rowWrites() {
    return rows.rowWrites();
  }

  /** See {@link Rows}. */
  public long @Nullable [][] cellWrites() {
    return rows.cellWrites();
  }

  /** See {@link Rows}. */
  public int[] logicalToPhysical() {
    return rows.logicalToPhysical();
  }

  /** See {@link DeviceRows}. */
  public Optional<DeviceLifetime> onDevice() {
    return onDeviceRows.onDevice();
  }

  /** See {@link DeviceRows}. */
  public long[] rowEndurance() {
    return onDeviceRows.rowEndurance();
  }

  /** See {@link DeviceRows}. */
  public int[] rowFailures() {
    return onDeviceRows.rowFailures();
  }

  /** See {@link DeviceRows}. */
  public List<FailedCells> failedCells() {
    return onDeviceRows.failedCells();
  }

  /** See {@link DeviceRows}. */
  public List<FailedCells> lostWeights() {
    return onDeviceRows.lostWeights();
  }

  /** See {@link DeviceRows}. */
  public Optional<Retirement> retirement() {
    return onDeviceRows.retirement();
  }

  /** See {@link Past}. */
  public int rowsPerBucket() {
    return past.rowsPerBucket();
  }

  /** See {@link Past}. */
  public List<Snapshot> history() {
    return past.history();
  }

  /** Extension / bound. */
  public OptionalDouble efficiency() {
    return lifetimeExtension().isPresent() && bound().isPresent()
        ? OptionalDouble.of(lifetimeExtension().getAsDouble() / bound().getAsDouble())
        : OptionalDouble.empty();
  }

  /** Writes of the most worn cell of each physical row. */
  public long[] mostOfRows() {
    return mostOfRows(rowWrites(), cellWrites());
  }

  static long[] mostOfRows(long[] rowWrites, long @Nullable [][] cellWrites) {
    return cellWrites == null
        ? rowWrites
        : Arrays.stream(cellWrites).mapToLong(row -> Arrays.stream(row).max().orElse(0)).toArray();
  }

  /** The logical row that each physical row holds; -1 where there are no weights. */
  public int[] physicalToLogical() {
    int[] held = new int[physicalRows];
    Arrays.fill(held, -1);
    for (int logical = 0; logical < shape.rows() && !isDigital(); logical++) {
      held[rows.logicalToPhysical()[logical]] = logical;
    }
    return held;
  }
}
