package org.sgsars.crossbar.core;

import java.util.Arrays;

/** Where each logical row of an array lies, rows without weights included: a permutation. */
final class RowMap {
  private final int[] logicalToPhysical;
  private final int[] physicalToLogical;

  /** For {@link #move}: places whose row moves, until another takes them. */
  private final boolean[] isLeft;

  /** Each logical row lies in the physical row of its number. */
  RowMap(int physicalRows) {
    this.logicalToPhysical = new int[physicalRows];
    this.physicalToLogical = new int[physicalRows];
    this.isLeft = new boolean[physicalRows];
    Arrays.setAll(logicalToPhysical, row -> row);
    Arrays.setAll(physicalToLogical, row -> row);
  }

  int physicalRow(int logicalRow) {
    return logicalToPhysical[logicalRow];
  }

  int logicalRow(int physicalRow) {
    return physicalToLogical[physicalRow];
  }

  /** The map itself, one entry per row of the array; not to be changed. */
  int[] logicalToPhysical() {
    return logicalToPhysical;
  }

  /** Of a map that is restored row by row. */
  void put(int logicalRow, int physicalRow) {
    logicalToPhysical[logicalRow] = physicalRow;
    physicalToLogical[physicalRow] = logicalRow;
  }

  /**
   * Records where logical rows lie now.
   *
   * @throws IllegalArgumentException if two logical rows would lie in one physical row
   */
  void move(int[] logicalRows, int[] toPhysicalRows) {
    int[] before = new int[logicalRows.length];
    for (int i = 0; i < logicalRows.length; i++) {
      before[i] = logicalToPhysical[logicalRows[i]];
      isLeft[before[i]] = true;
    }
    boolean isTaken = logicalRows.length == toPhysicalRows.length;
    for (int i = 0; i < logicalRows.length && isTaken; i++) {
      put(logicalRows[i], toPhysicalRows[i]);
      isTaken = isLeft[toPhysicalRows[i]];
      isLeft[toPhysicalRows[i]] = false;
    }
    if (!isTaken) {
      Arrays.fill(isLeft, false);
      int[] after = toPhysicalRows.clone();
      Arrays.sort(before);
      Arrays.sort(after);
      throw new IllegalArgumentException(
          "rows move from %s to %s, which are not the same places"
              .formatted(Arrays.toString(before), Arrays.toString(after)));
    }
  }
}
