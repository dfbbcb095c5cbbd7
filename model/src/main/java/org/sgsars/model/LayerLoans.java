package org.sgsars.model;

import java.util.List;

/**
 * Rows that layers of a scenario have on the crossbars of others, in columns that these can spare.
 * Layers with settings of their own take no part, whatever stands here for them.
 *
 * @param borrowedRows for each layer of the run the rows that its array has beyond its own
 *     crossbars and spare rows, at least 0; empty if nobody borrows
 * @param columnBlocks for each layer the most blocks of columns that it uses itself, at least 1;
 *     empty if nobody borrows
 */
public record LayerLoans(List<Integer> borrowedRows, List<Integer> columnBlocks) {
  /** Every layer keeps to its own crossbars. */
  public static final LayerLoans NONE = new LayerLoans(List.of(), List.of());

  /**
   * @throws IllegalArgumentException if a number is too small, or not both are of all layers
   */
  public LayerLoans {
    borrowedRows = List.copyOf(borrowedRows);
    columnBlocks = List.copyOf(columnBlocks);
    if (borrowedRows.size() != columnBlocks.size()
        || borrowedRows.stream().anyMatch(rows -> rows < 0)
        || columnBlocks.stream().anyMatch(blocks -> blocks < 1)) {
      throw new IllegalArgumentException(
          "layers borrow %s rows and keep %s blocks of columns; allowed: at least 0 and 1, of all layers or of none"
              .formatted(borrowedRows, columnBlocks));
    }
  }

  /** Whether nobody borrows. */
  public boolean isEmpty() {
    return borrowedRows.isEmpty();
  }

  /** Rows that a layer borrows. */
  public int borrowedRows(int layer) {
    return layer < borrowedRows.size() ? borrowedRows.get(layer) : 0;
  }
}
