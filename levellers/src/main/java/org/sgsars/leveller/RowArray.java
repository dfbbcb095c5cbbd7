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
 * If a cell does not take its value, the row's content is written into the next block of columns on
 * the same wordline in the same iteration, and where there is none to the least worn free row, the
 * lowest among equals; the failed row is never used again. Whoever moves a content there finds it
 * in such a row, too. Where no row is free, the content stays, and is lost.
 */
public final class RowArray {
  private final int logicalRows;
  private final int[] logicalToPhysical;
  private final int[] physicalToLogical;
  private final long[] writes;
  private long allWear;
  private final List<LeastWornRow> tracked = new ArrayList<>();
  private @Nullable LeastWornRow leastWorn;
  private final IntJournal levelling = new IntJournal();
  private final IntJournal moved = new IntJournal();
  private final Optional<RowEndurance> enduranceOfRows;
  private double meanEndurance = Double.NaN;

  /** {@code null} where failed rows stay in use. */
  private @Nullable RetiredRows retired;

  private @Nullable LeastWornRow leastWornFree;

  /** Rows without weights of blocks that came into use in this iteration, and where they lie. */
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

  /** Rows of the array, P; each once, however many blocks of columns there are. */
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
      leastWornFree = track(row -> isFree(row) ? wear(row) : LeastWornRow.NO_PART);
    }
  }

  /** A row's number among those of all blocks of columns, in the block in use. */
  private int numbered(int physicalRow) {
    RetiredRows rows = retired;
    return rows == null ? physicalRow : rows.numbered(physicalRow);
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

  /**
   * How worn a physical row is, in writes: its writes. Where it has several blocks of columns, each
   * block that failed counts for as much as such blocks have taken so far on average, and the block
   * in use for no more than that, as nothing tells that it will fail sooner than another.
   */
  public long wear(int physicalRow) {
    RetiredRows rows = retired;
    return rows == null ? writes[physicalRow] : rows.wear(physicalRow);
  }

  /** Wear of all rows together that are not retired. */
  public long allWear() {
    return allWear;
  }

  /**
   * Writes that a physical row survives, at least 1, in all blocks of its columns together.
   *
   * @throws IllegalArgumentException if no device is modelled
   */
  public long endurance(int physicalRow) {
    return rowEndurance("levelling by endurance").ofAllBlocks(physicalRow, writes.length);
  }

  /**
   * The mean over all physical rows.
   *
   * @throws IllegalArgumentException if no device is modelled
   */
  public double meanEndurance() {
    if (Double.isNaN(meanEndurance)) {
      meanEndurance =
          IntStream.range(0, writes.length).mapToLong(this::endurance).average().orElse(1);
    }
    return meanEndurance;
  }

  private RowEndurance rowEndurance(String what) {
    return enduranceOfRows.orElseThrow(
        () -> new IllegalArgumentException(what + " needs a device"));
  }

  /** The working row of the least wear, the lowest index among equals. */
  public int leastWornRow() {
    LeastWornRow least = leastWorn;
    if (least == null) {
      least = track(row -> isRetired(row) ? LeastWornRow.NO_PART : wear(row));
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
    levellingWrite(physicalRow);
    if (countsOther) {
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
      if (!holdsWeights(place)) {
        return;
      }
      int logicalRow = physicalToLogical[place];
      leaveRetired(rows, logicalRow);
      place = logicalToPhysical[logicalRow];
    }
    levelling.add(rows.numbered(place));
    if (fails(rows, place)) {
      rescue(rows, physicalToLogical[place]);
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
    int tried = rows.numbered(place);
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
    int tried = rows.numbered(place);
    count(place);
    if (rows.weightsFail(place, columns, from, to)) {
      rescue(rows, logicalRow);
    }
    return tried;
  }

  /** Books a write of a whole row; whether it shows that the row has failed. */
  private boolean fails(RetiredRows rows, int physicalRow) {
    count(physicalRow);
    return rows.failsWhole(physicalRow);
  }

  /** A content that somebody moved into a retired row finds another, as far as there is one. */
  private void leaveRetired(RetiredRows rows, int logicalRow) {
    int free = Objects.requireNonNull(leastWornFree).row();
    if (rows.isRetired(logicalToPhysical[logicalRow]) && isFree(free)) {
      changePlaces(logicalRow, free);
    }
  }

  /**
   * Writes a content that its row has not taken into the next block of the row's columns, and where
   * there is none to the least worn free row, until it is taken. Where no row is free, it is lost.
   * A row without weights is not written.
   */
  private void rescue(RetiredRows rows, int logicalRow) {
    LeastWornRow order = Objects.requireNonNull(leastWornFree);
    boolean fails = true;
    while (fails) {
      int failed = logicalToPhysical[logicalRow];
      if (takeNextBlock(rows, failed)) {
        moved.add(logicalRow);
      } else if (logicalRow < logicalRows) {
        int free = order.row();
        if (!isFree(free)) {
          return;
        }
        changePlaces(logicalRow, free);
        giveUp(rows, failed);
      } else {
        giveUp(rows, failed);
      }
      if (logicalRow >= logicalRows) {
        return;
      }
      int place = logicalToPhysical[logicalRow];
      levelling.add(rows.numbered(place));
      fails = fails(rows, place);
    }
  }

  private boolean takeNextBlock(RetiredRows rows, int physicalRow) {
    int left = rows.numbered(physicalRow);
    long wear = rows.wear(physicalRow);
    boolean isThere = rows.takeNextBlock(physicalRow);
    if (isThere) {
      allWear += rows.wear(physicalRow) - wear;
      changed(physicalRow);
      // What lay in the next block holds no weights, and has the number of its place until now.
      leftBehind.put(rows.numbered(physicalRow), left);
    }
    return isThere;
  }

  /** A row without weights that has failed in all blocks is used no more. */
  private void giveUp(RetiredRows rows, int physicalRow) {
    if (!rows.isRetired(physicalRow)) {
      rows.retire(physicalRow);
      allWear -= rows.wear(physicalRow);
      changed(physicalRow);
    }
  }

  private void count(int physicalRow) {
    writes[physicalRow]++;
    RetiredRows rows = retired;
    allWear += rows == null ? 1 : rows.wearOff(physicalRow);
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
      movedTo[i] = numbered(logicalToPhysical[movedRows[i]]);
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
    for (int logical = 0; logical < before.length; logical++) {
      if (newLogicalToPhysical[logical] != before[logical]) {
        levellingWrite(newLogicalToPhysical[logical]);
      }
    }
  }

  /** Working rows by their wear, ascending; by index among equals. */
  public int[] rowsByWear() {
    int[] rows =
        RowOrder.byWrites(
            retired == null
                ? writes
                : IntStream.range(0, writes.length).mapToLong(this::wear).toArray());
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

  /** The row map, one entry per row of the array. */
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
    allWear = Arrays.stream(writes).sum();
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
    allWear = 0;
    for (int row = 0; row < writes.length; row++) {
      logicalToPhysical[row] = in.readInt();
      writes[row] = in.readLong();
      allWear += writes[row];
      physicalToLogical[logicalToPhysical[row]] = row;
    }
    RetiredRows rows = retired;
    if (rows != null) {
      rows.restore(in);
      allWear =
          IntStream.range(0, writes.length)
              .filter(row -> !rows.isRetired(row))
              .mapToLong(rows::wear)
              .sum();
    }
    tracked.forEach(LeastWornRow::rebuild);
  }
}
