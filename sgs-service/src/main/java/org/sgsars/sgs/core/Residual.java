package org.sgsars.sgs.core;

import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.Selection;

/**
 * The residual gradient of one layer under one sparsifier: the velocity accumulated and not yet
 * written. Laid out as frameworks lay out a weight: C runs of R values, so the value of row r and
 * column c stands at c * R + r.
 *
 * <p>With weight decay it carries the weights too, because what is taken is what they change by.
 * Arithmetic is float32, rounded once per operation.
 */
public final class Residual {
  private final int rows;
  private final int columns;
  private final float[] values;
  private final float @Nullable [] weights;
  private final float learningRate;
  private final Optional<Quantization> quantization;

  /**
   * @param values C * R values, or none if neither the sparsifier nor the weights need them
   * @param weights C * R weights, which {@link #take} changes; {@code null} where they are not kept
   */
  Residual(
      LayerShape layer,
      float[] values,
      float @Nullable [] weights,
      float learningRate,
      Optional<Quantization> quantization) {
    this.quantization = quantization;
    this.rows = layer.rows();
    this.columns = layer.columns();
    this.values = values;
    this.weights = weights;
    this.learningRate = learningRate;
  }

  /** A residual of zeros, without weights. */
  public static Residual zeros(LayerShape layer) {
    return new Residual(
        layer, new float[Math.toIntExact(layer.cells())], null, 0, Optional.empty());
  }

  /** A residual that holds nothing, for a sparsifier that does not read it. */
  static Residual none(LayerShape layer) {
    return new Residual(layer, new float[0], null, 0, Optional.empty());
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** The values, C runs of R. Sparsifiers add to them and never set them to 0 themselves. */
  public float[] values() {
    return values;
  }

  /** Adds a column's velocity. */
  void add(int column, float[] velocity) {
    int run = run(column);
    for (int row = 0; row < velocity.length; row++) {
      values[run + row] += velocity[row];
    }
  }

  /** The largest magnitude in each row. */
  float[] rowMagnitudes() {
    float[] magnitudes = new float[rows];
    for (int column = 0; column < columns; column++) {
      int run = run(column);
      for (int row = 0; row < rows; row++) {
        magnitudes[row] = Math.max(magnitudes[row], Math.abs(values[run + row]));
      }
    }
    return magnitudes;
  }

  /** Position of a column's run in {@link #values()}. */
  public int run(int column) {
    return column * rows;
  }

  /**
   * Takes what is selected: what is written of its values goes, and the weights change by it where
   * kept.
   *
   * @return what is written: the selection, or those of its cells that change by a step at least
   */
  Selection take(Selection selection) {
    if (values.length == 0) {
      return selection;
    }
    Selection written = selection;
    if (quantization.isPresent() && quantization.get().skipsUnchanged()) {
      boolean[] selected = new boolean[values.length];
      forEachCell(selection, index -> selected[index] = true);
      written =
          cellsWhere(
              index ->
                  selected[index]
                      && quantization.get().rounded(-learningRate * values[index]) != 0);
    }
    forEachCell(written, this::takeCell);
    return written;
  }

  /** The cells of which something holds, by row, then column. */
  Selection.Cells cellsWhere(IntPredicate holds) {
    IntStream.Builder chosenRows = IntStream.builder();
    IntStream.Builder chosenColumns = IntStream.builder();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        if (holds.test(run(column) + row)) {
          chosenRows.add(row);
          chosenColumns.add(column);
        }
      }
    }
    return new Selection.Cells(chosenRows.build().toArray(), chosenColumns.build().toArray());
  }

  private void forEachCell(Selection selection, IntConsumer cell) {
    if (selection instanceof Selection.Rows chosen) {
      for (int column = 0; column < columns; column++) {
        for (int row : chosen.rows()) {
          cell.accept(run(column) + row);
        }
      }
    } else if (selection instanceof Selection.Cells cells) {
      for (int i = 0; i < cells.rows().length; i++) {
        cell.accept(run(cells.columns()[i]) + cells.rows()[i]);
      }
    } else {
      for (int index = 0; index < values.length; index++) {
        cell.accept(index);
      }
    }
  }

  private void takeCell(int index) {
    float change = -learningRate * values[index];
    float remainder = 0;
    if (quantization.isPresent()) {
      float whole = quantization.get().rounded(change);
      if (whole == 0) {
        // Nothing changes, and the value waits as it is.
        return;
      }
      remainder = (change - whole) / -learningRate;
      change = whole;
    }
    if (weights != null) {
      weights[index] += change;
    }
    values[index] = remainder;
  }
}
