package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.Selection;

/**
 * The rows of one layer's array: where each logical row lies, and how often each physical row was
 * written. Logical rows at and above the layer's own hold no weights and take part in levelling.
 * All changes go through its methods, which keep the map a permutation, the journal of the
 * iteration complete and every {@linkplain #track tracked} order right, whichever levellers move
 * rows.
 *
 * <p>Where rows that fail are {@linkplain #retireFailed retired}, every write of a row is verified.
 * If a cell does not take its value, the row's content is written to the least worn free row
 * instead, the lowest among equals, in the same iteration; the failed row is never used again.
 * Whoever moves a content there finds it in such a row, too. Where no row is free, the layer moves
 * to the next block of columns, whose rows are the array's from then on; where there is none, the
 * content stays, and is lost.
 */
public final class RowArray {
  private final int logicalRows;
  private final int[] logicalToPhysical;
  private final int[] physicalToLogical;
  private final long[] writes;
  private long allWrites;
  private final List<LeastWornRow> tracked = new ArrayList<>();
  private @Nullable LeastWornRow leastWorn;
  private final IntJournal levelling = new IntJournal();
  private final IntJournal moved = new IntJournal();
  private final Optional<RowEndurance> enduranceOfRows;
  private double meanEndurance = Double.NaN;

  /** {@code null} where failed rows stay in use. */
  private @Nullable RetiredRows retired;

  private @Nullable LeastWornRow leastWornFree;

  /**
   * Rows without weights of blocks that the layer came to in this iteration, and where they lie.
   */
  private final Map<Integer, Integer> leftBehind = new TreeMap<>();

  /**
   * An array of no known device.
   *
   * @param logicalRows rows of the layer, R
   * @param physicalRows rows of the array, at least R
   */
  public RowArray(int logicalRows, int physicalRows) {
    this(logicalRows, physicalRows, Optional.empty());
  }

  /**
   * @param logicalRows rows of the layer, R
   * @param physicalRows rows of the array, at least R
   * @param enduranceOfRows what its rows survive, if a device is modelled
   */
  public RowArray(int logicalRows, int physicalRows, Optional<RowEndurance> enduranceOfRows) {
    this.enduranceOfRows = enduranceOfRows;
    if (logicalRows < 1 || physicalRows < logicalRows) {
      throw new IllegalArgumentException(
          logicalRows + " logical rows do not fit " + physicalRows + " physical rows");
    }
    this.logicalRows = logicalRows;
    this.logicalToPhysical = new int[physicalRows];
    this.physicalToLogical = new int[physicalRows];
    this.writes = new long[physicalRows];
    Arrays.setAll(logicalToPhysical, row -> row);
    Arrays.setAll(physicalToLogical, row -> row);
  }

  /** Rows of the layer that hold weights, R. */
  public int logicalRows() {
    return logicalRows;
  }

  /** Rows of the array, P; of the block of columns that the layer lies in. */
  public int physicalRows() {
    return writes.length;
  }

  /** Rows of the array that are not retired. */
  public int workingRows() {
    RetiredRows rows = retired;
    return rows == null ? writes.length : rows.working();
  }

  /** Whether a physical row has failed and is given up. */
  public boolean isRetired(int physicalRow) {
    RetiredRows rows = retired;
    return rows != null && rows.isRetired(physicalRow);
  }

  /** Whether a physical row holds weights. */
  public boolean holdsWeights(int physicalRow) {
    return physicalToLogical[physicalRow] < logicalRows;
  }

  /**
   * Gives up rows that fail from now on.
   *
   * @throws IllegalArgumentException if no device is modelled
   */
  void retireFailed() {
    if (retired == null) {
      retired = new RetiredRows(rowEndurance("retiring failed rows"), writes.length);
      leastWornFree = track(row -> isFree(row) ? writes[row] : LeastWornRow.NO_PART);
    }
  }

  /** Number of the first row of the block that the layer lies in, among the rows of all blocks. */
  private int firstRow() {
    RetiredRows rows = retired;
    return rows == null ? 0 : rows.block() * writes.length;
  }

  /** The physical row that holds a logical row. */
  public int physicalRow(int logicalRow) {
    return logicalToPhysical[logicalRow];
  }

  /** The logical row that lies in a physical row; R or more if that holds no weights. */
  public int logicalRow(int physicalRow) {
    return physicalToLogical[physicalRow];
  }

  /** Writes of a physical row so far, updates and levelling alike. */
  public long writes(int physicalRow) {
    return writes[physicalRow];
  }

  /** Writes of all physical rows together, without retired ones. */
  public long allWrites() {
    return allWrites;
  }

  /**
   * Writes that a physical row survives, at least 1.
   *
   * @throws IllegalArgumentException if no device is modelled
   */
  public long endurance(int physicalRow) {
    return rowEndurance("levelling by endurance").of(firstRow() + physicalRow);
  }

  /**
   * The mean over all physical rows.
   *
   * @throws IllegalArgumentException if no device is modelled
   */
  public double meanEndurance() {
    if (Double.isNaN(meanEndurance)) {
      int first = firstRow();
      meanEndurance = rowEndurance("levelling by endurance").mean(first, first + writes.length);
    }
    return meanEndurance;
  }

  private RowEndurance rowEndurance(String what) {
    return enduranceOfRows.orElseThrow(
        () -> new IllegalArgumentException(what + " needs a device"));
  }

  /** The working row with the fewest writes, the lowest index among equals. */
  public int leastWornRow() {
    LeastWornRow least = leastWorn;
    if (least == null) {
      least = track(row -> isRetired(row) ? LeastWornRow.NO_PART : writes[row]);
      leastWorn = least;
    }
    return least.row();
  }

  /**
   * Keeps physical rows in order from now on.
   *
   * @param key of a physical row, by nothing but its writes, its content and its endurance
   */
  public LeastWornRow track(LeastWornRow.Key key) {
    LeastWornRow order = new LeastWornRow(writes.length, key);
    tracked.add(order);
    return order;
  }

  private void changed(int physicalRow) {
    for (int i = 0; i < tracked.size(); i++) {
      tracked.get(i).changed(physicalRow);
    }
  }

  /** Books an update's write of a whole logical row. */
  public void writeRow(int logicalRow) {
    writeUpdate(logicalRow);
  }

  /** Exchanges the contents of two physical rows; both are written once. */
  public void exchange(int physicalRow, int otherPhysicalRow) {
    exchange(physicalRow, otherPhysicalRow, true);
  }

  /**
   * Exchanges the contents of two physical rows.
   *
   * @param countsOther whether the write of the other row counts as wear too
   * @throws IllegalArgumentException if both are the same row
   */
  public void exchange(int physicalRow, int otherPhysicalRow, boolean countsOther) {
    if (physicalRow == otherPhysicalRow) {
      throw new IllegalArgumentException(
          "Row " + physicalRow + " cannot change places with itself");
    }
    changePlaces(physicalToLogical[physicalRow], otherPhysicalRow);
    int block = firstRow();
    levellingWrite(physicalRow);
    if (countsOther && firstRow() == block) {
      levellingWrite(otherPhysicalRow);
    }
  }

  /** Whether a physical row works and holds no weights. */
  public boolean isFree(int physicalRow) {
    return !holdsWeights(physicalRow) && !isRetired(physicalRow);
  }

  /**
   * Lets a logical row lie in a free physical row from now on, at no cost: it is about to be
   * written as a whole, and that write goes there. Its old place becomes free.
   *
   * @throws IllegalArgumentException if the physical row is not free
   */
  public void relocate(int logicalRow, int freePhysicalRow) {
    if (!isFree(freePhysicalRow)) {
      throw new IllegalArgumentException("Row " + freePhysicalRow + " is not free");
    }
    changePlaces(logicalRow, freePhysicalRow);
  }

  /**
   * Lets a logical row lie in the place of another one from now on: it is about to be written as a
   * whole, and that write goes there. What lay there moves to the row's old place, which is written
   * once; so this costs one write where an {@link #exchange} costs two.
   *
   * @throws IllegalArgumentException if the row lies there already
   */
  public void displace(int logicalRow, int physicalRow) {
    int old = logicalToPhysical[logicalRow];
    if (old == physicalRow) {
      throw new IllegalArgumentException("Row " + physicalRow + " cannot displace itself");
    }
    changePlaces(logicalRow, physicalRow);
    levellingWrite(old);
  }

  private void changePlaces(int logicalRow, int physicalRow) {
    int old = logicalToPhysical[logicalRow];
    int other = physicalToLogical[physicalRow];
    place(logicalRow, physicalRow);
    place(other, old);
    changed(old);
    changed(physicalRow);
  }

  private void place(int logicalRow, int physicalRow) {
    logicalToPhysical[logicalRow] = physicalRow;
    physicalToLogical[physicalRow] = logicalRow;
    moved.add(logicalRow);
  }

  private void levellingWrite(int physicalRow) {
    RetiredRows rows = retired;
    if (rows == null) {
      levelling.add(physicalRow);
      count(physicalRow);
      return;
    }
    int place = physicalRow;
    if (rows.isRetired(place)) {
      int block = firstRow();
      int logicalRow = physicalToLogical[place];
      if (logicalRow >= logicalRows) {
        return;
      }
      leaveRetired(rows, logicalRow);
      if (firstRow() != block) {
        // It was written with all others.
        return;
      }
      place = logicalToPhysical[logicalRow];
    }
    levelling.add(firstRow() + place);
    if (fails(rows, place)) {
      if (holdsWeights(place)) {
        rescue(rows, physicalToLogical[place]);
      } else {
        giveUp(rows, place);
      }
    }
  }

  /** Books an update's write of a whole logical row; where it was tried, among all blocks' rows. */
  private int writeUpdate(int logicalRow) {
    RetiredRows rows = retired;
    if (rows == null) {
      int place = logicalToPhysical[logicalRow];
      count(place);
      return place;
    }
    leaveRetired(rows, logicalRow);
    int place = logicalToPhysical[logicalRow];
    int tried = firstRow() + place;
    if (fails(rows, place)) {
      rescue(rows, logicalRow);
    }
    return tried;
  }

  /**
   * Books an update's write of some weights of a row; where it was tried.
   *
   * @param from of the columns the first that is written
   * @param to behind the last
   */
  private int writeWeights(int logicalRow, int[] columns, int from, int to) {
    RetiredRows rows = retired;
    if (rows == null) {
      int place = logicalToPhysical[logicalRow];
      count(place);
      return place;
    }
    leaveRetired(rows, logicalRow);
    int place = logicalToPhysical[logicalRow];
    int tried = firstRow() + place;
    count(place);
    if (rows.weightsFail(place, columns, from, to)) {
      rescue(rows, logicalRow);
    }
    return tried;
  }

  /** Books a write of a whole row; whether it shows that the row has failed. */
  private boolean fails(RetiredRows rows, int physicalRow) {
    count(physicalRow);
    return rows.failsAt(physicalRow, writes[physicalRow]);
  }

  /** A content that somebody moved into a retired row finds another, as far as there is one. */
  private void leaveRetired(RetiredRows rows, int logicalRow) {
    if (!rows.isRetired(logicalToPhysical[logicalRow])) {
      return;
    }
    int free = Objects.requireNonNull(leastWornFree).row();
    if (isFree(free)) {
      changePlaces(logicalRow, free);
    } else if (!rows.isLastBlock()) {
      nextBlock(rows);
    }
  }

  /**
   * Writes a content that its row has not taken to the least worn free row that does, or with all
   * others into the next block. Where there is none, it is lost.
   */
  private void rescue(RetiredRows rows, int logicalRow) {
    LeastWornRow order = Objects.requireNonNull(leastWornFree);
    boolean fails = true;
    while (fails) {
      int failed = logicalToPhysical[logicalRow];
      int free = order.row();
      if (!isFree(free)) {
        if (!rows.isLastBlock()) {
          nextBlock(rows);
        }
        return;
      }
      changePlaces(logicalRow, free);
      giveUp(rows, failed);
      levelling.add(firstRow() + free);
      fails = fails(rows, free);
    }
  }

  /** A row without weights that has failed is used no more. */
  private void giveUp(RetiredRows rows, int physicalRow) {
    if (!rows.isRetired(physicalRow)) {
      rows.retire(physicalRow);
      allWrites -= writes[physicalRow];
      changed(physicalRow);
    }
  }

  /** The layer moves to the fresh rows of the next block, each content to the row of its number. */
  private void nextBlock(RetiredRows rows) {
    int left = firstRow();
    rows.nextBlock();
    int first = firstRow();
    for (int row = 0; row < writes.length; row++) {
      leftBehind.put(first + row, left + logicalToPhysical[row]);
      logicalToPhysical[row] = row;
      physicalToLogical[row] = row;
      writes[row] = 0;
      moved.add(row);
    }
    allWrites = 0;
    meanEndurance = Double.NaN;
    tracked.forEach(LeastWornRow::rebuild);
    for (int row = 0; row < logicalRows && firstRow() == first; row++) {
      levellingWrite(logicalToPhysical[row]);
    }
  }

  private void count(int physicalRow) {
    writes[physicalRow]++;
    if (!isRetired(physicalRow)) {
      allWrites++;
    }
    changed(physicalRow);
  }

  /**
   * Applies one iteration: books the update, lets the leveller react, and tells what was written.
   *
   * @param iteration from 0
   */
  public IterationWrites apply(Selection selection, long iteration, Leveller leveller) {
    int[] logical = rowsOf(selection);
    int[] physical = new int[logical.length];
    levelling.clear();
    moved.clear();
    leftBehind.clear();
    if (selection instanceof Selection.All) {
      writeAll(logical, physical, leveller);
    } else {
      writeInOrder(selection, logical, physical, leveller);
    }
    leveller.afterIteration(iteration + 1);
    int[] movedRows = moved.sortedWithoutRepeats();
    int[] movedTo = new int[movedRows.length];
    for (int i = 0; i < movedTo.length; i++) {
      movedTo[i] = firstRow() + logicalToPhysical[movedRows[i]];
    }
    if (!leftBehind.isEmpty()) {
      movedRows = IntStream.concat(Arrays.stream(movedRows), ints(leftBehind.keySet())).toArray();
      movedTo = IntStream.concat(Arrays.stream(movedTo), ints(leftBehind.values())).toArray();
    }
    return new IterationWrites(
        selection, logical, physical, levelling.toArray(), movedRows, movedTo);
  }

  private static IntStream ints(Collection<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue);
  }

  /** One step writes every row where it lies; levelling reacts when all are written. */
  private void writeAll(int[] logical, int[] physical, Leveller leveller) {
    for (int row : logical) {
      physical[row] = writeUpdate(row);
    }
    for (int row : logical) {
      leveller.afterWrite(row);
    }
  }

  private void writeInOrder(Selection selection, int[] logical, int[] physical, Leveller leveller) {
    int[] columns = selection instanceof Selection.Cells cells ? cells.columns() : null;
    for (int i = 0; i < logical.length; ) {
      int row = logical[i];
      if (columns == null) {
        leveller.beforeWrite(row);
        physical[i++] = writeUpdate(row);
      } else {
        // Cells of one row are written together; the row may move afterwards.
        int from = i;
        while (i < logical.length && logical[i] == row) {
          i++;
        }
        Arrays.fill(physical, from, i, writeWeights(row, columns, from, i));
      }
      leveller.afterWrite(row);
    }
  }

  /**
   * Gives every content another place, all at once. Every physical row whose content changes is
   * written once.
   *
   * @param newLogicalToPhysical a permutation of all physical rows
   * @throws IllegalArgumentException if it is not one
   */
  public void rearrange(int[] newLogicalToPhysical) {
    int[] sorted = newLogicalToPhysical.clone();
    Arrays.sort(sorted);
    for (int row = 0; row < sorted.length; row++) {
      if (sorted.length != writes.length || sorted[row] != row) {
        throw new IllegalArgumentException(
            "Not a permutation of " + writes.length + " physical rows");
      }
    }
    int[] before = logicalToPhysical.clone();
    for (int logical = 0; logical < before.length; logical++) {
      if (newLogicalToPhysical[logical] != before[logical]) {
        place(logical, newLogicalToPhysical[logical]);
      }
    }
    tracked.forEach(LeastWornRow::rebuild);
    int block = firstRow();
    for (int logical = 0; logical < before.length && firstRow() == block; logical++) {
      if (newLogicalToPhysical[logical] != before[logical]) {
        levellingWrite(newLogicalToPhysical[logical]);
      }
    }
  }

  /** Working rows by their writes, ascending; by index among equals. */
  public int[] rowsByWear() {
    int[] rows = RowOrder.byWrites(writes);
    return workingRows() == rows.length
        ? rows
        : Arrays.stream(rows).filter(row -> !isRetired(row)).toArray();
  }

  private int[] rowsOf(Selection selection) {
    if (selection instanceof Selection.Rows rows) {
      return rows.rows();
    }
    if (selection instanceof Selection.Cells cells) {
      return cells.rows();
    }
    int[] all = new int[logicalRows];
    Arrays.setAll(all, row -> row);
    return all;
  }

  /**
   * What one iteration wrote.
   *
   * @param selection the update
   * @param logicalRows its rows, one per row or cell
   * @param physicalRows where each was written
   * @param levellingRows physical rows written by levelling, in order, once per write
   * @param movedLogicalRows rows that lie elsewhere now, ascending
   * @param movedToPhysicalRows where they lie
   */
  public record IterationWrites(
      Selection selection,
      int[] logicalRows,
      int[] physicalRows,
      int[] levellingRows,
      int[] movedLogicalRows,
      int[] movedToPhysicalRows) {}

  /** The row map, one entry per row of the array, or of the block that the layer lies in. */
  public int[] logicalToPhysical() {
    return logicalToPhysical.clone();
  }

  /** Writes per physical row. */
  public long[] writes() {
    return writes.clone();
  }

  /**
   * The rows lie elsewhere now, with all their contents, where as many writes were before them.
   *
   * @param writesThere per physical row of this array
   */
  public void settle(long[] writesThere) {
    System.arraycopy(writesThere, 0, writes, 0, writes.length);
    allWrites = Arrays.stream(writes).sum();
    cellsChanged();
  }

  /** A tile's content lies in another crossbar, or other columns; {@link #cellsChanged} follows. */
  void tileMoved(int tile, int physicalTile, int firstColumn) {
    enduranceOfRows.ifPresent(ofRows -> ofRows.moved(tile, physicalTile, firstColumn));
  }

  /** The rows' cells are others, with an endurance of their own. */
  void cellsChanged() {
    meanEndurance = Double.NaN;
    enduranceOfRows.ifPresent(RowEndurance::outdate);
    tracked.forEach(LeastWornRow::rebuild);
  }

  public void save(DataOutput out) throws IOException {
    for (int row = 0; row < writes.length; row++) {
      out.writeInt(logicalToPhysical[row]);
      out.writeLong(writes[row]);
    }
    RetiredRows rows = retired;
    if (rows != null) {
      rows.save(out);
    }
  }

  public void restore(DataInput in) throws IOException {
    allWrites = 0;
    for (int row = 0; row < writes.length; row++) {
      logicalToPhysical[row] = in.readInt();
      writes[row] = in.readLong();
      allWrites += writes[row];
      physicalToLogical[logicalToPhysical[row]] = row;
    }
    RetiredRows rows = retired;
    if (rows != null) {
      rows.restore(in);
      for (int row = 0; row < writes.length; row++) {
        allWrites -= rows.isRetired(row) ? writes[row] : 0;
      }
    }
    tracked.forEach(LeastWornRow::rebuild);
  }
}
