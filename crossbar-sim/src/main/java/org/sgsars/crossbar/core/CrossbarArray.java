package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.ArrayShape;

/**
 * The cells of one layer's array and the writes each has got. A row write reaches all C columns of
 * its row, so whole rows are counted once per row; single cells are counted apart, and only where
 * they are written at all.
 */
public final class CrossbarArray {
  private final int logicalRows;
  private final int columns;
  private final long[] rowWrites;
  private final long[] rowOperations;
  private final int[] logicalToPhysical;
  private final ArrayShape shape;
  private int @Nullable [] cellWrites;

  /** Where contents of other layers lay in these crossbars before. */
  private @Nullable TileBase tiles;

  private long updateCellWrites;
  private long levellingCellWrites;

  /**
   * @param shape the array, whose cells are all fresh
   */
  public CrossbarArray(ArrayShape shape) {
    this.shape = shape;
    this.logicalRows = shape.layer().rows();
    this.columns = shape.layer().columns();
    int physicalRows = shape.physicalRows();
    this.rowWrites = new long[physicalRows];
    this.rowOperations = new long[physicalRows];
    this.logicalToPhysical = new int[physicalRows];
    Arrays.setAll(logicalToPhysical, row -> row);
  }

  public int physicalRows() {
    return rowWrites.length;
  }

  public int columns() {
    return columns;
  }

  /** Writes every logical row where it lies. */
  public void updateAll() {
    for (int row = 0; row < logicalRows; row++) {
      writeRow(logicalToPhysical[row]);
    }
    updateCellWrites += (long) logicalRows * columns;
  }

  /** Writes whole physical rows. */
  public void updateRows(int[] physicalRows) {
    for (int row : physicalRows) {
      writeRow(row);
    }
    updateCellWrites += (long) physicalRows.length * columns;
  }

  /**
   * Writes single cells. Cells of one row that stand together are one write operation of that row.
   *
   * @param physicalRows the row of each cell
   * @param cellColumns the column of each cell
   * @throws IllegalArgumentException if contents have changed crossbars here
   */
  public void updateCells(int[] physicalRows, int[] cellColumns) {
    if (tiles != null) {
      throw new IllegalArgumentException("tiles move only where whole rows are written");
    }
    int[] cells = cellWrites;
    if (cells == null) {
      cells = new int[Math.multiplyExact(rowWrites.length, columns)];
      cellWrites = cells;
    }
    for (int i = 0; i < physicalRows.length; i++) {
      cells[physicalRows[i] * columns + cellColumns[i]]++;
      if (i == 0 || physicalRows[i] != physicalRows[i - 1]) {
        rowOperations[physicalRows[i]]++;
      }
    }
    updateCellWrites += physicalRows.length;
  }

  /** Writes whole physical rows on behalf of levelling, once per entry. */
  public void level(int[] physicalRows) {
    for (int row : physicalRows) {
      writeRow(row);
    }
    levellingCellWrites += (long) physicalRows.length * columns;
  }

  private void writeRow(int physicalRow) {
    rowWrites[physicalRow]++;
    rowOperations[physicalRow]++;
  }

  /**
   * Notes where logical rows lie now.
   *
   * @throws IllegalArgumentException if two logical rows would lie in one physical row
   */
  public void move(int[] movedLogicalRows, int[] movedToPhysicalRows) {
    if (movedLogicalRows.length == 0 && movedToPhysicalRows.length == 0) {
      return;
    }
    int[] before = new int[movedLogicalRows.length];
    for (int i = 0; i < movedLogicalRows.length; i++) {
      before[i] = logicalToPhysical[movedLogicalRows[i]];
      logicalToPhysical[movedLogicalRows[i]] = movedToPhysicalRows[i];
    }
    int[] after = movedToPhysicalRows.clone();
    Arrays.sort(before);
    Arrays.sort(after);
    if (!Arrays.equals(before, after)) {
      throw new IllegalArgumentException(
          "rows move from %s to %s, which are not the same places"
              .formatted(Arrays.toString(before), Arrays.toString(after)));
    }
  }

  /**
   * Contents of some tiles lie in other crossbars or columns from now on, and were written into
   * them, in all rows.
   *
   * @param columnsPerBlock columns that {@code wearBefore} counts together
   * @param movedTiles numbers of the tiles, tile row by tile row
   * @param firstColumns per moved tile the first column that it uses now
   * @param wearBefore per moved tile the writes of its new crossbar's cells before, by row, then
   *     block, for all its columns
   * @throws IllegalArgumentException if the counts do not fill a crossbar, columns do not fit, the
   *     blocks are not those of before, or single cells were written
   */
  public void moveTiles(
      int columnsPerBlock, int[] movedTiles, int[] firstColumns, List<long[]> wearBefore) {
    if (hasCellWrites()) {
      throw new IllegalArgumentException("tiles move only where whole rows are written");
    }
    TileBase base = tiles;
    if (base == null) {
      base = new TileBase(shape, columnsPerBlock);
      tiles = base;
    }
    if (base.columnsPerBlock() != columnsPerBlock) {
      throw new IllegalArgumentException(
          "columns came in blocks of %d before, and in blocks of %d now"
              .formatted(base.columnsPerBlock(), columnsPerBlock));
    }
    base.take(rowWrites);
    for (int i = 0; i < movedTiles.length; i++) {
      base.arrive(movedTiles[i], firstColumns[i], wearBefore.get(i));
      levellingCellWrites += base.arrivalCells(movedTiles[i]);
    }
  }

  /**
   * Write operations per physical row: one for each time any of its cells were written. Where
   * contents changed crossbars, the writes of the most worn cell of the row's crossbars, used or
   * not.
   */
  public long[] rowOperations() {
    if (tiles == null) {
      return rowOperations.clone();
    }
    long[] most = new long[rowWrites.length];
    Arrays.setAll(most, this::mostCellWrites);
    return most;
  }

  private long mostCellWrites(int row) {
    long most = 0;
    TileBase base = tiles;
    if (base != null) {
      return base.mostCellWrites(row, rowWrites[row]);
    }
    int step = hasCellWrites() ? 1 : columns;
    for (int column = 0; column < columns; column += step) {
      most = Math.max(most, cellWrites(row, column));
    }
    return most;
  }

  /** Whether single cells were written, so that the cells of a row may differ. */
  public boolean hasCellWrites() {
    return cellWrites != null;
  }

  /** Writes of one cell. */
  public long cellWrites(int physicalRow, int column) {
    int[] cells = cellWrites;
    long single = cells == null ? 0 : cells[physicalRow * columns + column];
    TileBase base = tiles;
    long whole =
        base == null
            ? rowWrites[physicalRow]
            : base.cellWrites(physicalRow, column, rowWrites[physicalRow]);
    return whole + single;
  }

  /** Writes of the most worn cell, whether the layer uses it now or another content did before. */
  public long maxCellWrites() {
    long most = 0;
    for (int row = 0; row < rowWrites.length; row++) {
      most = Math.max(most, mostCellWrites(row));
    }
    return most;
  }

  /** Cell writes by updates, all cells together. */
  public long updateCellWrites() {
    return updateCellWrites;
  }

  /** Cell writes by levelling, all cells together. */
  public long levellingCellWrites() {
    return levellingCellWrites;
  }

  /** The physical row of each logical row, rows without weights included. */
  public int[] logicalToPhysical() {
    return logicalToPhysical.clone();
  }

  public void save(DataOutput out) throws IOException {
    out.writeLong(updateCellWrites);
    out.writeLong(levellingCellWrites);
    for (int row = 0; row < rowWrites.length; row++) {
      out.writeLong(rowWrites[row]);
      out.writeLong(rowOperations[row]);
      out.writeInt(logicalToPhysical[row]);
    }
    int[] cells = cellWrites;
    out.writeBoolean(cells != null);
    if (cells != null) {
      for (int writes : cells) {
        out.writeInt(writes);
      }
    }
    TileBase base = tiles;
    out.writeInt(base == null ? 0 : base.columnsPerBlock());
    if (base != null) {
      base.save(out);
    }
  }

  public void restore(DataInput in) throws IOException {
    updateCellWrites = in.readLong();
    levellingCellWrites = in.readLong();
    for (int row = 0; row < rowWrites.length; row++) {
      rowWrites[row] = in.readLong();
      rowOperations[row] = in.readLong();
      logicalToPhysical[row] = in.readInt();
    }
    if (in.readBoolean()) {
      int[] cells = new int[Math.multiplyExact(rowWrites.length, columns)];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = in.readInt();
      }
      cellWrites = cells;
    }
    int columnsPerBlock = in.readInt();
    if (columnsPerBlock > 0) {
      TileBase base = new TileBase(shape, columnsPerBlock);
      base.restore(in);
      tiles = base;
    }
  }
}
