package org.sgsars.model;

/**
 * The array that a layer lies on: whole crossbars ("tiles") side by side, and spare rows.
 *
 * @param layer the logical matrix
 * @param crossbarSize rows and columns of one crossbar, S
 * @param spareRows rows beyond the crossbars
 */
public record ArrayShape(LayerShape layer, int crossbarSize, int spareRows) {
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
  }

  /** Rows of the array, P. */
  public int physicalRows() {
    return Math.addExact(layer.physicalRows(crossbarSize), spareRows);
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

  /** Cells of all physical rows, a weight being one. */
  public long cells() {
    return (long) physicalRows() * layer.columns();
  }

  /** The first of the tiles that a physical row runs through, tile row by tile row. */
  public int firstTile(int physicalRow) {
    return physicalRow / crossbarSize * tileColumns();
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
