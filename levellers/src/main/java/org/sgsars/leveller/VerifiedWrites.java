package org.sgsars.leveller;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes of an array whose failed rows are given up: every one is verified, and a content that its
 * row did not take is brought elsewhere before the next.
 */
final class VerifiedWrites {
  private final RowArray array;
  private final RetiredRows rows;
  private final WearIndex leastWornFree;

  /** Contents may lie in retired rows, as the rows are others than before. */
  private boolean mayLieInRetired;

  /** Rows without weights of blocks that came into use in this iteration, and where they lie. */
  private Map<Integer, Integer> leftBehind = new TreeMap<>();

  /**
   * @param array moves contents, and keeps the journal
   * @param rows of the array
   */
  VerifiedWrites(RowArray array, RetiredRows rows) {
    this.array = array;
    this.rows = rows;
    this.leastWornFree =
        array.track(row -> array.isFree(row) ? array.wear(row) : WearIndex.NO_PART);
  }

  RetiredRows rows() {
    return rows;
  }

  /** Where those lie that were left behind since the last call, by their numbers. */
  Map<Integer, Integer> drainLeftBehind() {
    Map<Integer, Integer> drained = leftBehind;
    if (!drained.isEmpty()) {
      leftBehind = new TreeMap<>();
    }
    return drained;
  }

  /** The rows are others now; contents of failed ones leave them with the next iteration. */
  void resetWear(long[] writes, BitSet failed) {
    rows.resetWear(writes, failed);
    mayLieInRetired = true;
  }

  /** Brings contents that lie in retired rows to free ones, as far as there are any. */
  void vacateRetired() {
    for (int row = 0; mayLieInRetired && row < array.logicalRows(); row++) {
      int place = array.physicalRow(row);
      if (rows.isRetired(place) && array.isFree(leastWornFree.row())) {
        level(place);
      }
    }
    mayLieInRetired = false;
  }

  /** Writes a row on behalf of levelling; a retired one without weights is not written. */
  void level(int physicalRow) {
    int logicalRow = array.logicalRow(physicalRow);
    if (rows.isRetired(physicalRow)) {
      if (!array.holdsWeights(physicalRow)) {
        return;
      }
      vacateRetired(logicalRow);
    }
    int place = array.physicalRow(logicalRow);
    array.journalLevelling(rows.numbered(place));
    if (!fails(place)) {
      return;
    }
    if (array.holdsWeights(place)) {
      rescue(logicalRow);
    } else if (!useNextBlock(place)) {
      retireExhausted(place);
    }
  }

  /** Writes a whole logical row; where it was tried, among all blocks' rows. */
  int update(int logicalRow) {
    vacateRetired(logicalRow);
    return updateInPlace(logicalRow);
  }

  /** The same, which is tried where the row lies, even if that is retired. */
  int updateInPlace(int logicalRow) {
    int place = array.physicalRow(logicalRow);
    int tried = rows.numbered(place);
    if (fails(place)) {
      rescue(logicalRow);
    }
    return tried;
  }

  /**
   * Writes some weights of a logical row; where they were tried.
   *
   * @param from of the columns the first that is written
   * @param to behind the last
   */
  int updateWeights(int logicalRow, int[] columns, int from, int to) {
    vacateRetired(logicalRow);
    int place = array.physicalRow(logicalRow);
    int tried = rows.numbered(place);
    array.count(place);
    if (rows.weightsFail(place, columns, from, to)) {
      rescue(logicalRow);
    }
    return tried;
  }

  /** Books a write of a whole row; whether it shows that the row has failed. */
  private boolean fails(int physicalRow) {
    array.count(physicalRow);
    return rows.failsWhole(physicalRow);
  }

  /** A content that somebody moved into a retired row finds another, as far as there is one. */
  private void vacateRetired(int logicalRow) {
    int free = leastWornFree.row();
    if (rows.isRetired(array.physicalRow(logicalRow)) && array.isFree(free)) {
      array.changePlaces(logicalRow, free);
    }
  }

  /**
   * Writes a content that its row has not taken into the next block of the row's columns, and where
   * there is none to the least worn free row, until it is taken. Where no row is free, it is lost.
   */
  private void rescue(int logicalRow) {
    int place;
    do {
      int failed = array.physicalRow(logicalRow);
      if (!useNextBlock(failed)) {
        int free = leastWornFree.row();
        if (!array.isFree(free)) {
          return;
        }
        array.changePlaces(logicalRow, free);
        retireExhausted(failed);
      }
      place = array.physicalRow(logicalRow);
      array.journalLevelling(rows.numbered(place));
    } while (fails(place));
  }

  private boolean useNextBlock(int physicalRow) {
    int left = rows.numbered(physicalRow);
    long wear = rows.wear(physicalRow);
    if (!rows.useNextBlock(physicalRow)) {
      return false;
    }
    array.wearChanged(physicalRow, rows.wear(physicalRow) - wear);
    array.journalMove(array.logicalRow(physicalRow));
    // What lay in the next block holds no weights, and has the number of its place until now.
    leftBehind.put(rows.numbered(physicalRow), left);
    return true;
  }

  /** A row without weights that has failed in all blocks is used no more. */
  private void retireExhausted(int physicalRow) {
    if (!rows.isRetired(physicalRow)) {
      rows.retire(physicalRow);
      array.wearChanged(physicalRow, -rows.wear(physicalRow));
    }
  }
}
