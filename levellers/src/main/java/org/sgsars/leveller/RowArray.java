package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.Selection;

/**
 * The rows of one layer's array: where each logical row lies, and how often each physical row was
 * written. Logical rows at and above the layer's own hold no weights and take part in levelling.
 * All changes go through its methods, which keep the map a permutation, the journal of the
 * iteration complete and every {@linkplain #track tracked} order right, whichever levellers move
 * rows.
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

  /** Rows of the array, P. */
  public int physicalRows() {
    return writes.length;
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

  /** Writes of all physical rows together. */
  public long allWrites() {
    return allWrites;
  }

  /**
   * Writes that a physical row survives, at least 1.
   *
   * @throws IllegalArgumentException if no device is modelled
   */
  public long endurance(int physicalRow) {
    return rowEndurance().of(physicalRow);
  }

  /**
   * The mean over all physical rows.
   *
   * @throws IllegalArgumentException if no device is modelled
   */
  public double meanEndurance() {
    return rowEndurance().mean();
  }

  private RowEndurance rowEndurance() {
    return enduranceOfRows.orElseThrow(
        () -> new IllegalArgumentException("levelling by endurance needs a device"));
  }

  /** The physical row with the fewest writes, the lowest index among equals. */
  public int leastWornRow() {
    LeastWornRow least = leastWorn;
    if (least == null) {
      least = track(row -> writes[row]);
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

  /** Books an update's write of a logical row, whole or of some of its cells. */
  public void writeRow(int logicalRow) {
    count(logicalToPhysical[logicalRow]);
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

  /** Whether a physical row holds no weights. */
  public boolean isFree(int physicalRow) {
    return physicalToLogical[physicalRow] >= logicalRows;
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
    levelling.add(physicalRow);
    count(physicalRow);
  }

  private void count(int physicalRow) {
    writes[physicalRow]++;
    allWrites++;
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
    if (selection instanceof Selection.All) {
      writeAll(logical, physical, leveller);
    } else {
      boolean wholeRows = selection instanceof Selection.Rows;
      writeInOrder(logical, physical, wholeRows, leveller);
    }
    leveller.afterIteration(iteration + 1);
    int[] movedRows = moved.sortedWithoutRepeats();
    int[] movedTo = new int[movedRows.length];
    for (int i = 0; i < movedTo.length; i++) {
      movedTo[i] = logicalToPhysical[movedRows[i]];
    }
    return new IterationWrites(
        selection, logical, physical, levelling.toArray(), movedRows, movedTo);
  }

  /** One step writes every row where it lies; levelling reacts when all are written. */
  private void writeAll(int[] logical, int[] physical, Leveller leveller) {
    for (int row : logical) {
      physical[row] = logicalToPhysical[row];
      count(physical[row]);
    }
    for (int row : logical) {
      leveller.afterWrite(row);
    }
  }

  private void writeInOrder(int[] logical, int[] physical, boolean wholeRows, Leveller leveller) {
    for (int i = 0; i < logical.length; i++) {
      if (i > 0 && logical[i] == logical[i - 1]) {
        // Cells of one row are written together; the row may have moved since.
        physical[i] = physical[i - 1];
        continue;
      }
      if (wholeRows) {
        leveller.beforeWrite(logical[i]);
      }
      physical[i] = logicalToPhysical[logical[i]];
      count(physical[i]);
      leveller.afterWrite(logical[i]);
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
        levellingWrite(newLogicalToPhysical[logical]);
      }
    }
    tracked.forEach(LeastWornRow::rebuild);
  }

  /** Physical rows by their writes, ascending; by index among equals. */
  public int[] rowsByWear() {
    return RowOrder.byWrites(writes);
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
    allWrites = Arrays.stream(writes).sum();
    cellsChanged();
  }

  /** A tile's content lies in another crossbar, or other columns; {@link #cellsChanged} follows. */
  void tileMoved(int tile, int physicalTile, int firstColumn) {
    enduranceOfRows.ifPresent(ofRows -> ofRows.moved(tile, physicalTile, firstColumn));
  }

  /** The rows' cells are others, with an endurance of their own. */
  void cellsChanged() {
    enduranceOfRows.ifPresent(RowEndurance::outdate);
    tracked.forEach(LeastWornRow::rebuild);
  }

  public void save(DataOutput out) throws IOException {
    for (int row = 0; row < writes.length; row++) {
      out.writeInt(logicalToPhysical[row]);
      out.writeLong(writes[row]);
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
    tracked.forEach(LeastWornRow::rebuild);
  }
}
