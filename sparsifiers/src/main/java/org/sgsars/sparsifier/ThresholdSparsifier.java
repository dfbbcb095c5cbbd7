package org.sgsars.sparsifier;

import java.util.stream.IntStream;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.policy.Setting;

/**
 * Writes every cell, or every row that has such a cell, whose accumulated magnitude has come to a
 * threshold: no sort, but no fixed number of writes either; an iteration may write nothing.
 */
public final class ThresholdSparsifier implements SparsifierPolicy<ThresholdSparsifier.Settings> {
  @Override
  public String kind() {
    return "threshold";
  }

  @Override
  public String summary() {
    return "Writes whatever has come to a magnitude, however much or little that is.";
  }

  /**
   * From when on what is written.
   *
   * @param magnitude of an accumulated gradient from which it is written
   * @param writes cells, or the rows that have such cells
   * @param quantization of how many bits weights are
   */
  public record Settings(
      @Setting(
              about = "The threshold; at it counts.",
              unit = "accumulated gradient",
              least = 1e-30,
              most = 1e30)
          double magnitude,
      @Setting(
              about = "What is written: such cells, or all rows that have one.",
              fallback = "cells")
          Writes writes,
      QuantizationSettings quantization)
      implements SparsifierSettings {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /** What is written where a cell has come to the threshold. */
  public enum Writes {
    CELLS,
    ROWS
  }

  @Override
  public boolean writesCells(Settings settings) {
    return settings.writes == Writes.CELLS || SparsifierPolicy.super.writesCells(settings);
  }

  @Override
  public boolean readsResidual() {
    return true;
  }

  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    float magnitude = (float) settings.magnitude;
    boolean rows = settings.writes == Writes.ROWS;
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
