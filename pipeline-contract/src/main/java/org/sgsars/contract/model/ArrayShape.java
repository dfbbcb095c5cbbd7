package org.sgsars.contract.model;

/**
 * The array that a layer lies on: whole crossbars ("tiles") side by side, and spare rows.
 *
 * @param layer the logical matrix
 * @param crossbarSize rows and columns of one crossbar, S
 * @param spareRows rows beyond the crossbars
 */
public record ArrayShape(LayerShape layer, int crossbarSize, int spareRows) {
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

  public int tiles() {
    return Math.multiplyExact(tileRows(), tileColumns());
  }

  /** The first of the tiles that a physical row runs through, tile row by tile row. */
  public int firstTile(int physicalRow) {
    return physicalRow / crossbarSize * tileColumns();
  }

  /** Columns that the crossbars of one tile column use: S, or what is left in the last. */
  public int usedColumns(int tileColumn) {
    return Math.min(crossbarSize, layer.columns() - tileColumn * crossbarSize);
  }
}
