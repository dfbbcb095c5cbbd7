package org.sgsars.analyzer.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of one wear report.
 *
 * @param scenario index into the plan
 * @param layer index into the plan
 * @param iterations iterations applied
 * @param place of these rows in the report
 * @param rows what is counted by row
 * @param totals of the whole array
 * @param changes of the counts of the whole array
 * @param selections rows written per iteration since the report before, in the first part
 */
public record WearPart(
    int scenario,
    int layer,
    long iterations,
    Place place,
    RowCounts rows,
    Totals totals,
    DeviceChanges changes,
    List<int[]> selections) {
  /**
   * @param part number of this part, from 0
   * @param parts parts of the report
   * @param firstRow first physical row of this part
   */
  public record Place(int part, int parts, int firstRow) {}

  /**
   * @param writes write operations per physical row
   * @param cellWrites writes per cell, row by row, or {@code null} where the cells of a row are
   *     alike
   * @param logicalToPhysical of as many logical rows
   * @param failures worn-out cells per physical row; empty if there are none
   */
  public record RowCounts(
      long[] writes, long @Nullable [] cellWrites, int[] logicalToPhysical, int[] failures) {}

  /**
   * @param maxCellWrites of the most worn cell
   * @param updateCellWrites of all cells, by updates
   * @param levellingCellWrites of all cells, by levelling
   * @param updateRowTimes row writes by updates that came one after the other
   * @param levellingRowTimes the same of levelling
   * @param stuckCells cells that were stuck when fresh
   */
  public record Totals(
      long maxCellWrites,
      long updateCellWrites,
      long levellingCellWrites,
      long updateRowTimes,
      long levellingRowTimes,
      long stuckCells) {
    /** Before the first report. */
    static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0);

    /** Of all cells, by updates and levelling. */
    long cellWrites() {
      return updateCellWrites + levellingCellWrites;
    }
  }

  /**
   * What became of cells and weights since the report before, in the first part.
   *
   * @param failures of the worn-out cells
   * @param losses of the lost weights, those that lie where a cell is worn out
   */
  public record DeviceChanges(Changes failures, Changes losses) {
    /** Nothing has failed. */
    public static final DeviceChanges NONE = new DeviceChanges(Changes.NONE, Changes.NONE);
  }

  /**
   * How a count of the whole array changed.
   *
   * @param at iterations since the report before in which it did
   * @param counts after each of them
   */
  public record Changes(long[] at, long[] counts) {
    /** A count that has not changed. */
    public static final Changes NONE = new Changes(new long[0], new long[0]);
  }
}
