package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sgsars.device.DeviceCells;
import org.sgsars.model.ArrayShape;

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
  private final RowMap map;

  private final ArrayShape shape;
  private @Nullable CellCounts cellWrites;

  /** Where contents of other layers lay in these crossbars before. */
  private @Nullable TileBase tiles;

  /** {@code null} where no device is modelled. */
  private final @Nullable FailingCells failing;

  private long updateCellWrites;
  private long levellingCellWrites;
  private long updateRowTimes;
  private long levellingRowTimes;

  /** Weights that lie where a cell is worn out. */
  private long lostWeights;

  /** Contents changed crossbars since levelling was counted last. */
  private boolean tilesMoved;

  /**
   * An array whose cells never fail.
   *
   * @param shape the array, whose cells are all fresh
   */
  public CrossbarArray(ArrayShape shape) {
    this(shape, null);
  }

  /** A layer's array of fresh cells of a device. */
  public CrossbarArray(DeviceCells device) {
    this(device.array(), device);
  }

  private CrossbarArray(ArrayShape shape, @Nullable DeviceCells device) {
    this.shape = shape;
    this.logicalRows = shape.layer().rows();
    this.columns = shape.layer().columns();
    int physicalRows = shape.physicalRows();
    this.rowWrites = new long[physicalRows];
    this.rowOperations = new long[physicalRows];
    this.map = new RowMap(physicalRows);
    this.failing = device == null ? null : new FailingCells(device);
  }

  /** The array's shape. */
  public ArrayShape shape() {
    return shape;
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
      writeRow(map.physicalRow(row));
    }
    updateRowTimes += rowTimes(map.logicalToPhysical(), logicalRows);
    updateCellWrites += (long) logicalRows * columns;
  }

  /** Writes whole physical rows. */
  public void updateRows(int[] physicalRows) {
    for (int row : physicalRows) {
      writeRow(row);
    }
    updateRowTimes += rowTimes(physicalRows, physicalRows.length);
    updateCellWrites += (long) physicalRows.length * columns;
  }

  /**
   * Writes single cells. Cells of one row that stand together are one write operation of that row.
   *
   * @param physicalRows the row of each cell
   * @param cellColumns the column of each cell
   * @throws IllegalArgumentException if contents have changed crossbars here, or if there are too
   *     many cells for a count of each
   */
  public void updateCells(int[] physicalRows, int[] cellColumns) {
    if (tiles != null) {
      throw new IllegalArgumentException("tiles move only where whole rows are written");
    }
    CellCounts cells = cellWrites;
    if (cells == null) {
      cells = new CellCounts(shape);
      cellWrites = cells;
    }
    int[] writtenRows = new int[physicalRows.length];
    int written = 0;
    for (int i = 0; i < physicalRows.length; i++) {
      cells.add(physicalRows[i], cellColumns[i]);
      if (failing != null) {
        weightWritten(failing, physicalRows[i], cellColumns[i]);
      }
      if (i == 0 || physicalRows[i] != physicalRows[i - 1]) {
        rowOperations[physicalRows[i]]++;
        writtenRows[written++] = physicalRows[i];
      }
    }
    updateRowTimes += rowTimes(writtenRows, written);
    updateCellWrites += physicalRows.length;
  }

  /** Writes whole physical rows on behalf of levelling, once per entry. */
  public void level(int[] physicalRows) {
    for (int row : physicalRows) {
      writeRow(row);
    }
    levellingRowTimes += rowTimes(physicalRows, physicalRows.length);
    levellingRowTimes += tilesMoved ? shape.crossbarSize() : 0;
    tilesMoved = false;
    levellingCellWrites += (long) physicalRows.length * columns;
  }

  private void writeRow(int physicalRow) {
    rowWrites[physicalRow]++;
    rowOperations[physicalRow]++;
    FailingCells cells = failing;
    if (cells == null) {
      return;
    }
    if (hasCellWrites()) {
      for (int column = 0; column < columns; column++) {
        weightWritten(cells, physicalRow, column);
      }
    } else {
      long before = cells.lostInRow(physicalRow);
      cells.rowWritten(physicalRow, rowWrites[physicalRow]);
      addLost(physicalRow, cells.lostInRow(physicalRow) - before);
    }
  }

  private void weightWritten(FailingCells cells, int physicalRow, int column) {
    long before = cells.lostInRow(physicalRow);
    cells.weightWritten(physicalRow, column, cellWrites(physicalRow, column));
    addLost(physicalRow, cells.lostInRow(physicalRow) - before);
  }

  private void addLost(int physicalRow, long weights) {
    if (weights != 0 && map.logicalRow(physicalRow) < logicalRows) {
      lostWeights += weights;
    }
  }

  private long lostAt(FailingCells cells, int[] rows) {
    long lost = 0;
    for (int row : rows) {
      lost += row < logicalRows ? cells.lostInRow(map.physicalRow(row)) : 0;
    }
    return lost;
  }

  private void countLost() {
    FailingCells cells = failing;
    if (cells != null) {
      lostWeights = lostAt(cells, IntStream.range(0, logicalRows).toArray());
    }
  }

  /**
   * Rows are written one after the other in a crossbar, and crossbars at the same time: the most
   * rows of one tile row.
   */
  private int rowTimes(int[] rows, int count) {
    int size = shape.crossbarSize();
    int[] ofTileRow = new int[(rowWrites.length + size - 1) / size];
    int most = 0;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, ++ofTileRow[rows[i] / size]);
    }
    return most;
  }

  /**
   * Records where logical rows lie now.
   *
   * @throws IllegalArgumentException if two logical rows would lie in one physical row
   */
  public void move(int[] movedLogicalRows, int[] movedToPhysicalRows) {
    // Most iterations move nothing.
    if (movedLogicalRows.length > 0 || movedToPhysicalRows.length > 0) {
      FailingCells cells = failing != null && failing.failed() > 0 ? failing : null;
      long before = cells == null ? 0 : lostAt(cells, movedLogicalRows);
      map.move(movedLogicalRows, movedToPhysicalRows);
      lostWeights += cells == null ? 0 : lostAt(cells, movedLogicalRows) - before;
    }
  }

  /**
   * Contents of some tiles lie in other crossbars or columns from now on, and were written into
   * them, in all rows.
   *
   * @param columnsPerBlock columns that {@code wearBefore} counts together
   * @param movedTiles numbers of the tiles, tile row by tile row
   * @param physicalTiles per moved tile the number of its crossbar in the network now
   * @param firstColumns per moved tile the first column that it uses now
   * @param wearBefore per moved tile the writes of its new crossbar's cells before, by row, then
   *     block, for all its columns
   * @throws IllegalArgumentException if the counts do not fill a crossbar, columns do not fit, the
   *     blocks are not those of before, or single cells were written
   */
  public void moveTiles(
      int columnsPerBlock,
      int[] movedTiles,
      int[] physicalTiles,
      int[] firstColumns,
      List<long[]> wearBefore) {
    if (hasCellWrites()) {
      throw new IllegalArgumentException("tiles move only where whole rows are written");
    }
    TileBase base = tiles;
    if (base == null) {
      base = new TileBase(shape, columnsPerBlock, failing == null ? 0 : failing.firstTile());
      tiles = base;
    }
    if (base.columnsPerBlock() != columnsPerBlock) {
      throw new IllegalArgumentException(
          "columns came in blocks of %d before, and in blocks of %d now"
              .formatted(base.columnsPerBlock(), columnsPerBlock));
    }
    base.absorb(rowWrites);
    for (int i = 0; i < movedTiles.length; i++) {
      base.arrive(movedTiles[i], physicalTiles[i], firstColumns[i], wearBefore.get(i));
      levellingCellWrites += base.arrivalCells(movedTiles[i]);
    }
    tilesMoved = true;
    if (failing != null) {
      failing.replace(base, movedTiles, rowWrites);
      countLost();
    }
  }

  /** Cells that were stuck when fresh, at first; 0 where no device is modelled. */
  public long stuckCells() {
    return failing == null ? 0 : failing.stuck();
  }

  /** Cells that are worn out now; 0 where no device is modelled. */
  public long failedCells() {
    return failing == null ? 0 : failing.failed();
  }

  /**
   * Weights of the layer that lie where a cell is worn out, now; 0 where no device is modelled.
   * Cells that were stuck when fresh do not count.
   */
  public long lostWeights() {
    return lostWeights;
  }

  /** Worn-out cells of each physical row. */
  public int[] failedCellsByRow() {
    int[] failed = new int[rowWrites.length];
    FailingCells cells = failing;
    if (cells != null) {
      Arrays.setAll(failed, cells::failedInRow);
    }
    return failed;
  }

  /**
   * Cells that do not switch and were not said before: those stuck when fresh at first, worn-out
   * ones as they fail. Cells that the layer does not use are left out.
   *
   * @param all whether these are all there are; what was said before no longer holds then
   * @param failures in no order that means anything, but always the same
   */
  public record Failures(boolean all, List<CellFailure> failures) {
    /** None that were not said before. */
    public static final Failures NONE = new Failures(false, List.of());

    /**
     * These, and those that came after them.
     *
     * @param later of cells that these do not name
     */
    public Failures and(Failures later) {
      return new Failures(all, Stream.concat(failures.stream(), later.failures.stream()).toList());
    }
  }

  /** What failed since the last call. */
  public Failures drainFailures() {
    return failing == null ? Failures.NONE : failing.drain();
  }

  /** Row writes by updates that came one after the other, those of the slowest crossbar. */
  public long updateRowTimes() {
    return updateRowTimes;
  }

  /** The same of levelling. */
  public long levellingRowTimes() {
    return levellingRowTimes;
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

  /** Writes of a physical row as a whole, as far as this array counted them. */
  long rowWrites(int physicalRow) {
    return rowWrites[physicalRow];
  }

  /** Whether single cells were written, so that the cells of a row may differ. */
  public boolean hasCellWrites() {
    return cellWrites != null;
  }

  /** Writes of one cell. */
  public long cellWrites(int physicalRow, int column) {
    CellCounts cells = cellWrites;
    long single = cells == null ? 0 : cells.of(physicalRow, column);
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
    return map.logicalToPhysical().clone();
  }

  public void save(DataOutput out) throws IOException {
    out.writeLong(updateCellWrites);
    out.writeLong(levellingCellWrites);
    out.writeLong(updateRowTimes);
    out.writeLong(levellingRowTimes);
    out.writeBoolean(tilesMoved);
    for (int row = 0; row < rowWrites.length; row++) {
      out.writeLong(rowWrites[row]);
      out.writeLong(rowOperations[row]);
      out.writeInt(map.physicalRow(row));
    }
    CellCounts cells = cellWrites;
    out.writeBoolean(cells != null);
    if (cells != null) {
      cells.save(out);
    }
    TileBase base = tiles;
    out.writeInt(base == null ? 0 : base.columnsPerBlock());
    if (base != null) {
      base.save(out);
    }
    if (failing == null) {
      out.writeBoolean(false);
    } else {
      failing.save(out);
    }
  }

  public void restore(DataInput in) throws IOException {
    updateCellWrites = in.readLong();
    levellingCellWrites = in.readLong();
    updateRowTimes = in.readLong();
    levellingRowTimes = in.readLong();
    tilesMoved = in.readBoolean();
    for (int row = 0; row < rowWrites.length; row++) {
      rowWrites[row] = in.readLong();
      rowOperations[row] = in.readLong();
      map.put(row, in.readInt());
    }
    if (in.readBoolean()) {
      CellCounts cells = new CellCounts(shape);
      cells.restore(in);
      cellWrites = cells;
    }
    int columnsPerBlock = in.readInt();
    if (columnsPerBlock > 0) {
      TileBase base = new TileBase(shape, columnsPerBlock, 0);
      base.restore(in);
      tiles = base;
    }
    if (failing == null) {
      in.readBoolean();
    } else {
      failing.restore(in, this, tiles);
      countLost();
    }
  }
}
