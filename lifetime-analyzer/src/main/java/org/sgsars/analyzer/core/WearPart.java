package org.sgsars.analyzer.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of one wear report.
 *
 * @param scenario index into the plan
 * @param layer index into the plan
 * @param iterations iterations applied
 * @param part number of this part, from 0
 * @param parts parts of the report
 * @param firstRow first row of this part
 * @param rowWrites write operations per physical row
 * @param cellWrites writes per cell, row by row, or {@code null} where the cells of a row are alike
 * @param logicalToPhysical of as many logical rows
 * @param maxCellWrites of the whole array
 * @param updateCellWrites of the whole array
 * @param levellingCellWrites of the whole array
 * @param updateRowTimes row writes by updates that came one after the other
 * @param levellingRowTimes the same of levelling
 * @param stuckCells cells that were stuck when fresh
 * @param failedAt iterations since the report before in which the worn-out cells changed, in the
 *     first part
 * @param failedCells worn-out cells of the whole array after each of them
 * @param rowFailures worn-out cells per physical row; empty if there are none
 * @param selections rows written per iteration since the report before, in the first part
 */
public record WearPart(
    int scenario,
    int layer,
    long iterations,
    int part,
    int parts,
    int firstRow,
    long[] rowWrites,
    long @Nullable [] cellWrites,
    int[] logicalToPhysical,
    long maxCellWrites,
    long updateCellWrites,
    long levellingCellWrites,
    long updateRowTimes,
    long levellingRowTimes,
    long stuckCells,
    long[] failedAt,
    long[] failedCells,
    int[] rowFailures,
    List<int[]> selections) {}
