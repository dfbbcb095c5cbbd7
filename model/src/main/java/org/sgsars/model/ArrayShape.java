package org.sgsars.model;

/**
 * The array that a layer lies on: whole crossbars ("tiles") side by side, and spare rows.
 *
 * <p>A layer narrower than a crossbar may use its other columns too, in <em>blocks</em> of as many
 * as it has. Row p of block b is physical row b * P / B + p, where P are all rows and B the blocks:
 * a row of cells of its own, on the wordline of row p of block 0.
 *
 * @param layer the logical matrix
 * @param crossbarSize rows and columns of one crossbar, S
 * @param spareRows rows beyond the crossbars
 * @param columnBlocks blocks of columns, B: at least 1, and at most {@link #mostColumnBlocks}
 */
public record ArrayShape(LayerShape layer, int crossbarSize, int spareRows, int columnBlocks) {
  /** An array of which only the layer's own columns are used. */
  public ArrayShape(LayerShape layer, int crossbarSize, int spareRows) {
    this(layer, crossbarSize, spareRows, 1);
  }

  /**
   * @throws IllegalArgumentException if a size is not allowed
   */
  public ArrayShape {
    int most = ScenarioPlan.MAX_CROSSBAR_SIZE;
    if (crossbarSize < 1 || crossbarSize > most || spareRows < 0 || spareRows > most) {
      throw new IllegalArgumentException(
          "Crossbars of %d rows with %d spare rows; allowed: 1 to %d rows, 0 to %d spare ones"
              .formatted(crossbarSize, spareRows, most, most));
    }
    int blocks = mostColumnBlocks(layer, crossbarSize);
    if (columnBlocks < 1 || columnBlocks > blocks) {
      throw new IllegalArgumentException(
          "layer %s of %d columns in crossbars of %d: %d blocks of columns; allowed: 1 to %d"
              .formatted(layer.name(), layer.columns(), crossbarSize, columnBlocks, blocks));
    }
  }

  /** Blocks of a layer's columns that fit side by side in a crossbar, S / C; at least 1. */
  public static int mostColumnBlocks(LayerShape layer, int crossbarSize) {
    return Math.max(1, crossbarSize / layer.columns());
  }

  /** Rows of the array, P, those of all blocks. */
  public int physicalRows() {
    return Math.multiplyExact(rowsOfBlock(), columnBlocks);
  }

  /** Rows of one block, which are the wordlines: one row of the layer lies on each at most. */
  public int rowsOfBlock() {
    return Math.addExact(layer.physicalRows(crossbarSize), spareRows);
  }

  /** Rows of one block that lie in its crossbars; spare rows are those from here on. */
  public int tiledRows() {
    return layer.physicalRows(crossbarSize);
  }

  /** One of its blocks, as an array. */
  public ArrayShape block() {
    return columnBlocks == 1 ? this : new ArrayShape(layer, crossbarSize, spareRows);
  }

  /** Crossbars one below the other. */
  public int tileRows() {
    return layer.physicalRows(crossbarSize) / crossbarSize;
  }

  /** Crossbars side by side. */
  public int tileColumns() {
    return (layer.columns() + crossbarSize - 1) / crossbarSize;
  }

  /**
   * Crossbars of the array.
   *
   * @throws IllegalArgumentException if they are more than 2^31 - 1
   */
  public int tiles() {
    long tiles = tileCount();
    if (tiles > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Layer %s has %d crossbars; allowed: at most %d"
              .formatted(layer.name(), tiles, Integer.MAX_VALUE));
    }
    return (int) tiles;
  }

  /** Crossbars of the array, however many. */
  public long tileCount() {
    return (long) tileRows() * tileColumns();
  }

  /** Cells of its whole crossbars, used or not, and of its spare rows; a weight is one. */
  public long cellsOfCrossbars() {
    return tileCount() * crossbarSize * crossbarSize + (long) spareRows * layer.columns();
  }

  /** Cells of all physical rows, a weight being one. */
  public long cells() {
    return (long) physicalRows() * layer.columns();
  }

  /**
   * The first of the tiles that a physical row runs through, tile row by tile row. Spare rows run
   * through none.
   */
  public int firstTile(int physicalRow) {
    return physicalRow % rowsOfBlock() / crossbarSize * tileColumns();
  }

  /** The first of the physical rows that run through a tile. */
  public int firstRow(int tile) {
    return tile / tileColumns() * crossbarSize;
  }

  /** Columns that the crossbars of one tile column use: S, or what is left in the last. */
  public int usedColumns(int tileColumn) {
    return Math.min(crossbarSize, layer.columns() - tileColumn * crossbarSize);
  }
}
