package org.sgsars.model;

import java.util.Arrays;

/** What one sparsifier wants written in one layer after one iteration. Logical rows throughout. */
public sealed interface Selection {

  /** Is told of a cell. */
  @FunctionalInterface
  interface CellVisitor {
    /**
     * @param index how many cells came before it
     */
    void visit(int index, int row, int column);
  }

  /** Visits every cell, by row, then by column: the order of what is sent for each. */
  void forEachCell(LayerShape layer, CellVisitor visitor);

  /** Every row of the layer. */
  record All() implements Selection {
    @Override
    public void forEachCell(LayerShape layer, CellVisitor visitor) {
      int index = 0;
      for (int row = 0; row < layer.rows(); row++) {
        for (int column = 0; column < layer.columns(); column++) {
          visitor.visit(index++, row, column);
        }
      }
    }
  }

  /**
   * Whole rows.
   *
   * @param rows logical rows, ascending, without repeats; may be empty; not to be changed
   */
  record Rows(int[] rows) implements Selection {
    public Rows {
      for (int i = 1; i < rows.length; i++) {
        if (rows[i - 1] >= rows[i]) {
          throw new IllegalArgumentException(
              "Rows must ascend, but " + rows[i - 1] + " stands before " + rows[i]);
        }
      }
    }

    @Override
    public void forEachCell(LayerShape layer, CellVisitor visitor) {
      int index = 0;
      for (int row : rows) {
        for (int column = 0; column < layer.columns(); column++) {
          visitor.visit(index++, row, column);
        }
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Rows that && Arrays.equals(rows, that.rows);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(rows);
    }

    @Override
    public String toString() {
      return "Rows" + Arrays.toString(rows);
    }
  }

  /**
   * Single cells.
   *
   * @param rows logical row of each cell, ascending
   * @param columns column of each cell, ascending within a row, without repeats
   */
  record Cells(int[] rows, int[] columns) implements Selection {
    public Cells {
      if (rows.length != columns.length) {
        throw new IllegalArgumentException(
            "Cells need as many columns as rows, not " + columns.length + " and " + rows.length);
      }
      for (int i = 1; i < rows.length; i++) {
        if (rows[i - 1] > rows[i] || (rows[i - 1] == rows[i] && columns[i - 1] >= columns[i])) {
          throw new IllegalArgumentException(
              "Cells must ascend by row, then column, but (%d, %d) stands before (%d, %d)"
                  .formatted(rows[i - 1], columns[i - 1], rows[i], columns[i]));
        }
      }
    }

    @Override
    public void forEachCell(LayerShape layer, CellVisitor visitor) {
      for (int i = 0; i < rows.length; i++) {
        visitor.visit(i, rows[i], columns[i]);
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Cells that
          && Arrays.equals(rows, that.rows)
          && Arrays.equals(columns, that.columns);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(rows) + Arrays.hashCode(columns);
    }

    @Override
    public String toString() {
      return "Cells[rows=" + Arrays.toString(rows) + ", columns=" + Arrays.toString(columns) + "]";
    }
  }
}
