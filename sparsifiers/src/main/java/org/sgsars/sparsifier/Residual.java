package org.sgsars.sparsifier;

import java.util.BitSet;
import java.util.Optional;
import java.util.stream.IntStream;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;

/**
 * The residual gradient of one layer under one sparsifier: the velocity accumulated and not yet
 * written.
 *
 * <p>With weight decay it carries the weights too, because what is taken is what they change by.
 * Arithmetic is float32, rounded once per operation.
 */
public final class Residual {
  private final int rows;
  private final int columns;
  private final ColumnBlocks values;
  private final ColumnBlocks weights;
  private final Optional<WholeSteps> steps;
  private final boolean reportsChanges;
  private float learningRate;

  /** What the weights changed by last, cell by cell of what was taken. */
  private float[] changes = {};

  /**
   * @param values zeros, or none if neither the sparsifier nor the weights need them
   * @param weights which {@link #consume} changes; none where they are not kept
   * @param learningRate step size, until another is set
   * @param reportsChanges whether {@link #changes} is asked for
   */
  Residual(
      LayerShape layer,
      ColumnBlocks values,
      ColumnBlocks weights,
      float learningRate,
      Optional<WholeSteps> steps,
      boolean reportsChanges) {
    this.reportsChanges = reportsChanges;
    this.steps = steps;
    this.rows = layer.rows();
    this.columns = layer.columns();
    this.values = values;
    this.weights = weights;
    this.learningRate = learningRate;
  }

  /** A residual of zeros, without weights. */
  public static Residual zeros(LayerShape layer) {
    return new Residual(
        layer, new ColumnBlocks(layer), ColumnBlocks.none(layer), 0, Optional.empty(), false);
  }

  /** A residual that holds nothing, for a sparsifier that does not read it. */
  static Residual none(LayerShape layer) {
    return new Residual(
        layer, ColumnBlocks.none(layer), ColumnBlocks.none(layer), 0, Optional.empty(), false);
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** Whether it holds nothing, because nobody reads it. */
  boolean isNone() {
    return values.isEmpty();
  }

  /** Another step size from now on. */
  void learningRate(float rate) {
    learningRate = rate;
  }

  /**
   * What the weights changed by when something was taken last: of whole rows row by row with all
   * columns, of cells in their order.
   */
  float[] changes() {
    return changes;
  }

  /** The nearest weights that cells can be programmed to: whole steps where they are quantized. */
  float[] programmable(float[] wanted) {
    float[] nearest = wanted.clone();
    if (steps.isPresent()) {
      for (int i = 0; i < nearest.length; i++) {
        nearest[i] = steps.get().programmable(nearest[i]);
      }
    }
    return nearest;
  }

  /** The values. Sparsifiers add to them and never set them to 0 themselves. */
  ColumnBlocks values() {
    return values;
  }

  /** The value of a cell. */
  public float value(int row, int column) {
    return values.get(row, column);
  }

  /** Adds the velocity of some columns; arguments as in {@link Sparsifier#accumulate}. */
  public void add(int firstColumn, int count, float[] velocity) {
    int from = values.offset(firstColumn);
    add(values.block(firstColumn), velocity, from, from + count * rows);
  }

  private static void add(float[] to, float[] added, int from, int end) {
    for (int i = from; i < end; i++) {
      to[i] += added[i];
    }
  }

  /** The largest magnitude in each row. */
  public float[] rowMagnitudes() {
    float[] magnitudes = new float[rows];
    float[] run = new float[rows];
    for (int column = 0; column < columns; column++) {
      copyColumn(column, run);
      raiseToMagnitudes(magnitudes, run);
    }
    return magnitudes;
  }

  /** Copies a column's R values. */
  void copyColumn(int column, float[] to) {
    System.arraycopy(values.block(column), values.offset(column), to, 0, rows);
  }

  /** Makes each number the magnitude of its value where that is larger. */
  static void raiseToMagnitudes(float[] numbers, float[] of) {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Math.max(numbers[i], Math.abs(of[i]));
    }
  }

  /**
   * Takes what is selected: what is written of its values goes, and the weights change by it where
   * kept.
   *
   * @return what is written: the selection, or those of its cells that change by a step at least
   */
  Selection consume(Selection selection) {
    if (isNone()) {
      return selection;
    }
    Selection written = selection;
    if (steps.isPresent() && steps.get().skipsUnchanged()) {
      written = changing(selection, steps.get());
    }
    changes = new float[reportsChanges ? cells(written) : 0];
    forEachCell(written, this::consumeCell);
    return written;
  }

  private Selection changing(Selection selection, WholeSteps whole) {
    if (selection instanceof Selection.All) {
      return cellsWhere((row, column) -> changes(row, column, whole));
    }
    BitSet selected = new BitSet();
    forEachCell(selection, (row, column, index) -> selected.set(row * columns + column));
    return cellsWhere(
        (row, column) -> selected.get(row * columns + column) && changes(row, column, whole));
  }

  private boolean changes(int row, int column, WholeSteps whole) {
    return whole.rounded(-learningRate * values.get(row, column)) != 0;
  }

  /** Something about a cell. */
  @FunctionalInterface
  interface CellTest {
    boolean holds(int row, int column);
  }

  /** Something to do with a cell. */
  @FunctionalInterface
  private interface CellAction {
    /**
     * @param index of the cell in the selection: of whole rows row by row
     */
    void at(int row, int column, int index);
  }

  /** The cells of which something holds, by row, then column. */
  Selection.Cells cellsWhere(CellTest test) {
    IntStream.Builder chosenRows = IntStream.builder();
    IntStream.Builder chosenColumns = IntStream.builder();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        if (test.holds(row, column)) {
          chosenRows.add(row);
          chosenColumns.add(column);
        }
      }
    }
    return new Selection.Cells(chosenRows.build().toArray(), chosenColumns.build().toArray());
  }

  private int cells(Selection selection) {
    if (selection instanceof Selection.Rows chosen) {
      return chosen.rows().length * columns;
    }
    return selection instanceof Selection.Cells cells ? cells.rows().length : rows * columns;
  }

  private void forEachCell(Selection selection, CellAction action) {
    if (selection instanceof Selection.Rows chosen) {
      int[] of = chosen.rows();
      for (int column = 0; column < columns; column++) {
        for (int i = 0; i < of.length; i++) {
          action.at(of[i], column, i * columns + column);
        }
      }
    } else if (selection instanceof Selection.Cells cells) {
      for (int i = 0; i < cells.rows().length; i++) {
        action.at(cells.rows()[i], cells.columns()[i], i);
      }
    } else {
      for (int column = 0; column < columns; column++) {
        for (int row = 0; row < rows; row++) {
          action.at(row, column, row * columns + column);
        }
      }
    }
  }

  private void consumeCell(int row, int column, int index) {
    float value = values.get(row, column);
    float change = -learningRate * value;
    float remainder = 0;
    if (steps.isPresent()) {
      float whole = steps.get().rounded(change);
      if (whole == 0) {
        // Nothing changes, and the value waits as it is.
        return;
      }
      remainder = (change - whole) / -learningRate;
      change = whole;
    }
    if (reportsChanges) {
      changes[index] = change;
    }
    if (!weights.isEmpty()) {
      weights.set(row, column, weights.get(row, column) + change);
    }
    values.set(row, column, remainder);
  }
}
