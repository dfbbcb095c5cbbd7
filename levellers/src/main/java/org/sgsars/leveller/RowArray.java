package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.device.DeviceCells;
import org.sgsars.model.ArrayShape;
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
  private final List<WearIndex> tracked = new ArrayList<>();
  private @Nullable WearIndex leastWorn;
  private final IntJournal levelling = new IntJournal();
  private final IntJournal moved = new IntJournal();
  private final Optional<RowEndurance> enduranceOfRows;
  private double meanEndurance = Double.NaN;

  /** {@code null} where failed rows stay in use. */
  private @Nullable VerifiedWrites verifying;

  /** What rows survive by their own count of writes; {@code null} where that begins with 0. */
  private @Nullable IntToLongFunction survived;

  /** {@code null} where nobody tests rows. */
  private @Nullable TestedRows tested;

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

  /**
   * The rows that a layer can lie in, those of one block of columns.
   *
   * @param shape the layer's array
   * @param cells under it, if a device is modelled
   */
  public static RowArray of(ArrayShape shape, Optional<DeviceCells> cells) {
    return new RowArray(shape.layer().rows(), shape.rowsOfBlock(), cells.map(RowEndurance::new));
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
    VerifiedWrites verified = verifying;
    return verified == null ? writes.length : verified.rows().working();
  }

  /** Whether a physical row has failed and is given up. */
  public boolean isRetired(int physicalRow) {
    VerifiedWrites verified = verifying;
    return verified != null && verified.rows().isRetired(physicalRow);
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
    if (verifying == null) {
      RowEndurance endurance = rowEndurance("retiring failed rows");
      verifying =
          new VerifiedWrites(this, new RetiredRows(endurance, this::survived, writes.length));
    }
  }

  /** Whether rows that fail are given up. */
  boolean retiresFailed() {
    return verifying != null;
  }

  /** Writes that a row survives, among those of all blocks, as this array counts them. */
  private long survived(int numberedRow) {
    IntToLongFunction counted = survived;
    return counted == null
        ? rowEndurance("retiring failed rows").survives(numberedRow)
        : counted.applyAsLong(numberedRow);
  }

  /** From now on the rows' counts include writes that others made to some of their cells. */
  void countOn(IntToLongFunction survivedByCount) {
    survived = survivedByCount;
  }

  /**
   * Keeps what a test of the rows would find from now on; writes go on as before. Not where failed
   * rows are retired, which notices failures at once, nor where tiles change crossbars.
   *
   * @throws IllegalArgumentException if no device is modelled
   */
  TestedRows testRows() {
    TestedRows rows = new TestedRows(rowEndurance("testing rows"), writes.length);
    tested = rows;
    return rows;
  }

  /** A row's number among those of all blocks of columns, in the block in use. */
  private int numbered(int physicalRow) {
    VerifiedWrites verified = verifying;
    return verified == null ? physicalRow : verified.rows().numbered(physicalRow);
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
   * in use for no more than that, as it is not known to fail sooner than another.
   */
  public long wear(int physicalRow) {
    VerifiedWrites verified = verifying;
    return verified == null ? writes[physicalRow] : verified.rows().wear(physicalRow);
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
      meanEndurance = rows().mapToLong(this::endurance).average().orElse(1);
    }
    return meanEndurance;
  }

  private RowEndurance rowEndurance(String what) {
    return enduranceOfRows.orElseThrow(
        () -> new IllegalArgumentException(what + " needs a device"));
  }

  /** The working row of the least wear, the lowest index among equals. */
  public int leastWornRow() {
    WearIndex least = leastWorn;
    if (least == null) {
      least = track(row -> isRetired(row) ? WearIndex.NO_PART : wear(row));
      leastWorn = least;
    }
    return least.row();
  }

  /**
   * Keeps physical rows in order from now on.
   *
   * @param key of a physical row, by nothing but its writes, its content and its endurance
   */
  public WearIndex track(WearIndex.Key key) {
    WearIndex order = new WearIndex(writes.length, key);
    tracked.add(order);
    return order;
  }

  private void requirePhysical(int row) {
    requireRow("physical", row);
  }

  private void requireLogical(int row) {
    requireRow("logical", row);
  }

  private void requireRow(String kind, int row) {
    if (row < 0 || row >= writes.length) {
      throw new IllegalArgumentException(
          "%s row %d is outside [0, %d)".formatted(kind, row, writes.length));
    }
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
   * @throws IllegalArgumentException if both are the same row, or there is no such row
   */
  public void exchange(int physicalRow, int otherPhysicalRow, boolean countsOther) {
    requirePhysical(physicalRow);
    requirePhysical(otherPhysicalRow);
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

  /**
   * Writes a physical row once more where it lies; its content stays.
   *
   * @throws IllegalArgumentException if there is no such row
   */
  public void rewrite(int physicalRow) {
    requirePhysical(physicalRow);
    levellingWrite(physicalRow);
  }

  /** Whether a physical row works and holds no weights. */
  public boolean isFree(int physicalRow) {
    return !holdsWeights(physicalRow) && !isRetired(physicalRow);
  }

  /**
   * Lets a logical row lie in a free physical row from now on, at no cost: it is about to be
   * written as a whole, and that write goes there. Its old place becomes free.
   *
   * @throws IllegalArgumentException if the physical row is not free, or there is no such row
   */
  public void relocate(int logicalRow, int freePhysicalRow) {
    requireLogical(logicalRow);
    requirePhysical(freePhysicalRow);
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
   * @throws IllegalArgumentException if the row lies there already, or there is no such row
   */
  public void displace(int logicalRow, int physicalRow) {
    requireLogical(logicalRow);
    requirePhysical(physicalRow);
    int old = logicalToPhysical[logicalRow];
    if (old == physicalRow) {
      throw new IllegalArgumentException("Row " + physicalRow + " cannot displace itself");
    }
    changePlaces(logicalRow, physicalRow);
    levellingWrite(old);
  }

  /**
   * Lets a logical row that is about to be written lie in another place from now on: at no cost if
   * that is free, and otherwise for one write of what lies there.
   *
   * @throws IllegalArgumentException if the row lies there already
   */
  void remapTo(int logicalRow, int physicalRow) {
    if (isFree(physicalRow)) {
      relocate(logicalRow, physicalRow);
    } else {
      displace(logicalRow, physicalRow);
    }
  }

  void changePlaces(int logicalRow, int physicalRow) {
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
    VerifiedWrites verified = verifying;
    if (verified == null) {
      levelling.add(physicalRow);
      writeUnverified(physicalRow);
    } else {
      verified.level(physicalRow);
    }
  }

  /** Books an update's write of a whole logical row; where it was tried, among all blocks' rows. */
  private int writeUpdate(int logicalRow) {
    VerifiedWrites verified = verifying;
    return verified == null ? writeInPlace(logicalRow) : verified.update(logicalRow);
  }

  /**
   * Books an update's write of some weights of a row; where it was tried.
   *
   * @param from of the columns the first that is written
   * @param to behind the last
   */
  private int writeWeights(int logicalRow, int[] columns, int from, int to) {
    VerifiedWrites verified = verifying;
    if (verified != null) {
      return verified.updateWeights(logicalRow, columns, from, to);
    }
    int place = logicalToPhysical[logicalRow];
    count(place);
    TestedRows rows = tested;
    if (rows != null) {
      rows.wroteWeights(place, columns, from, to);
    }
    return place;
  }

  private int writeInPlace(int logicalRow) {
    int place = logicalToPhysical[logicalRow];
    writeUnverified(place);
    return place;
  }

  private void writeUnverified(int physicalRow) {
    count(physicalRow);
    TestedRows rows = tested;
    if (rows != null) {
      rows.wroteRow(physicalRow);
    }
  }

  /** A levelling write of a row, numbered among those of all blocks, belongs to the iteration. */
  void journalLevelling(int numberedRow) {
    levelling.add(numberedRow);
  }

  /** A logical row lies in another block, on the same wordline. */
  void journalMove(int logicalRow) {
    moved.add(logicalRow);
  }

  /** A row's wear is another, for another reason than a write. */
  void wearChanged(int physicalRow, long by) {
    allWear += by;
    changed(physicalRow);
  }

  /** A physical row was written. */
  void count(int physicalRow) {
    writes[physicalRow]++;
    VerifiedWrites verified = verifying;
    allWear += verified == null ? 1 : verified.rows().wearOff(physicalRow);
    changed(physicalRow);
  }

  /**
   * Applies one iteration: books the update, lets the leveller react, and returns what was written.
   *
   * @param iteration from 0
   */
  public IterationWrites apply(Selection selection, long iteration, Leveller leveller) {
    int[] logical = rowsOf(selection);
    int[] physical = new int[logical.length];
    levelling.clear();
    moved.clear();
    VerifiedWrites verified = verifying;
    if (selection instanceof Selection.All) {
      writeAll(logical, physical, leveller);
    } else {
      if (verified != null) {
        verified.vacateRetired();
      }
      writeInOrder(selection, logical, physical, leveller);
    }
    leveller.afterIteration(iteration + 1);
    int[] movedRows = moved.sortedWithoutRepeats();
    int[] movedTo = new int[movedRows.length];
    for (int i = 0; i < movedTo.length; i++) {
      movedTo[i] = numbered(logicalToPhysical[movedRows[i]]);
    }
    Map<Integer, Integer> left = verified == null ? Map.of() : verified.drainLeftBehind();
    if (!left.isEmpty()) {
      movedRows = IntStream.concat(Arrays.stream(movedRows), ints(left.keySet())).toArray();
      movedTo = IntStream.concat(Arrays.stream(movedTo), ints(left.values())).toArray();
    }
    return new IterationWrites(
        selection, logical, physical, levelling.toArray(), movedRows, movedTo);
  }

  private long wearOfWorking() {
    return rows().filter(row -> !isRetired(row)).mapToLong(this::wear).sum();
  }

  private IntStream rows() {
    return IntStream.range(0, writes.length);
  }

  private static IntStream ints(Collection<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue);
  }

  /** One step writes every row where it lies; levelling reacts when all are written. */
  private void writeAll(int[] logical, int[] physical, Leveller leveller) {
    VerifiedWrites verified = verifying;
    for (int row : logical) {
      physical[row] = verified == null ? writeInPlace(row) : verified.updateInPlace(row);
    }
    if (verified != null) {
      verified.vacateRetired();
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
    tracked.forEach(WearIndex::rebuild);
    for (int logical = 0; logical < before.length; logical++) {
      if (newLogicalToPhysical[logical] != before[logical]) {
        levellingWrite(newLogicalToPhysical[logical]);
      }
    }
  }

  /** Working rows by their wear, ascending; by index among equals. */
  public int[] rowsByWear() {
    int[] rows =
        RowOrder.byWrites(verifying == null ? writes : rows().mapToLong(this::wear).toArray());
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
   * @param failed rows of which a cell has failed; they count where failed rows are retired
   */
  void resetWear(long[] writesThere, BitSet failed) {
    System.arraycopy(writesThere, 0, writes, 0, writes.length);
    VerifiedWrites verified = verifying;
    if (verified != null) {
      verified.resetWear(writesThere, failed);
    }
    allWear = wearOfWorking();
    cellsChanged();
  }

  /** What the cells of a crossbar survive, as {@link RowEndurance#ofCrossbar}. */
  long[] enduranceOfCrossbar(int physicalTile, int columnsPerBlock) {
    return rowEndurance("crossbars that fail").ofCrossbar(physicalTile, columnsPerBlock);
  }

  /** Writes that a row survives which lies in no crossbar. */
  long enduranceOfSpare(int physicalRow) {
    return rowEndurance("spare rows that fail").survives(physicalRow);
  }

  /** A tile's content lies in another crossbar, or other columns; {@link #cellsChanged} follows. */
  void tileMoved(int tile, int physicalTile, int firstColumn) {
    enduranceOfRows.ifPresent(ofRows -> ofRows.moved(tile, physicalTile, firstColumn));
  }

  /** The rows' cells are others, with an endurance of their own. */
  void cellsChanged() {
    meanEndurance = Double.NaN;
    enduranceOfRows.ifPresent(RowEndurance::outdate);
    tracked.forEach(WearIndex::rebuild);
  }

  public void save(DataOutput out) throws IOException {
    for (int row = 0; row < writes.length; row++) {
      out.writeInt(logicalToPhysical[row]);
      out.writeLong(writes[row]);
    }
    VerifiedWrites verified = verifying;
    if (verified != null) {
      verified.rows().save(out);
    }
  }

  public void restore(DataInput in) throws IOException {
    for (int row = 0; row < writes.length; row++) {
      logicalToPhysical[row] = in.readInt();
      writes[row] = in.readLong();
      physicalToLogical[logicalToPhysical[row]] = row;
    }
    VerifiedWrites verified = verifying;
    if (verified != null) {
      verified.rows().restore(in);
    }
    allWear = wearOfWorking();
    tracked.forEach(WearIndex::rebuild);
  }
}
