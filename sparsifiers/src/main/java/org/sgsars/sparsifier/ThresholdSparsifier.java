package org.sgsars.sparsifier;

import java.util.List;
import java.util.stream.IntStream;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/**
 * Writes every cell, or every row that has such a cell, whose accumulated magnitude has come to a
 * threshold: no sort, but no fixed number of writes either; an iteration may write nothing.
 */
public final class ThresholdSparsifier implements SparsifierPolicy {
  private static final String MAGNITUDE = "magnitude";
  private static final String WRITES = "writes";
  private static final String CELLS = "cells";
  private static final String ROWS = "rows";

  @Override
  public String kind() {
    return "threshold";
  }

  @Override
  public String summary() {
    return "Writes the cells, or their rows, whose accumulated magnitude has come to a threshold.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.requiredNumberFrom(
            MAGNITUDE, 1e-30, 1e30, "accumulated gradient", "The threshold; at it counts."),
        Parameter.choice(WRITES, CELLS, List.of(CELLS, ROWS), "What is written."));
  }

  @Override
  public boolean writesCells(Settings settings) {
    return settings.text(WRITES).equals(CELLS) || SparsifierPolicy.super.writesCells(settings);
  }

  @Override
  public boolean readsResidual() {
    return true;
  }

  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    float magnitude = (float) settings.number(MAGNITUDE);
    boolean rows = settings.text(WRITES).equals(ROWS);
    return new WholeResidualSparsifier(
        residual, iteration -> rows ? rows(residual, magnitude) : cells(residual, magnitude));
  }

  private static Selection rows(Residual residual, float magnitude) {
    float[] magnitudes = residual.rowMagnitudes();
    return new Selection.Rows(
        IntStream.range(0, magnitudes.length)
            .filter(row -> magnitudes[row] >= magnitude)
            .toArray());
  }

  private static Selection cells(Residual residual, float magnitude) {
    return residual.cellsWhere((row, column) -> Math.abs(residual.value(row, column)) >= magnitude);
  }
}
