package org.sgsars.sgs.core;

import java.util.Arrays;
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

  /**
   * @param values C * R values, or none if neither the sparsifier nor the weights need them
   * @param weights C * R weights, which {@link #take} changes; {@code null} where they are not kept
   */
  Residual(LayerShape layer, float[] values, float @Nullable [] weights, float learningRate) {
    this.rows = layer.rows();
    this.columns = layer.columns();
    this.values = values;
    this.weights = weights;
    this.learningRate = learningRate;
  }

  /** A residual of zeros, without weights. */
  public static Residual zeros(LayerShape layer) {
    return new Residual(layer, new float[Math.toIntExact(layer.cells())], null, 0);
  }

  /** A residual that holds nothing, for a sparsifier that does not read it. */
  static Residual none(LayerShape layer) {
    return new Residual(layer, new float[0], null, 0);
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

  /** Position of a column's run in {@link #values()}. */
  public int run(int column) {
    return column * rows;
  }

  /** Takes what is selected: its values become 0, and the weights change by it where kept. */
  void take(Selection selection) {
    if (values.length == 0) {
      return;
    }
    if (selection instanceof Selection.Rows chosen) {
      for (int column = 0; column < columns; column++) {
        for (int row : chosen.rows()) {
          takeCell(run(column) + row);
        }
      }
    } else if (selection instanceof Selection.Cells cells) {
      for (int i = 0; i < cells.rows().length; i++) {
        takeCell(run(cells.columns()[i]) + cells.rows()[i]);
      }
    } else {
      takeAll();
    }
  }

  private void takeAll() {
    if (weights != null) {
      for (int i = 0; i < values.length; i++) {
        takeCell(i);
      }
    }
    Arrays.fill(values, 0);
  }

  private void takeCell(int index) {
    if (weights != null) {
      weights[index] += -learningRate * values[index];
    }
    values[index] = 0;
  }
}
