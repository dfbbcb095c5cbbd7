package org.sgsars.ars.core;

/**
 * Finds the row of the least key, such as its writes, in constant time: a tournament of all rows,
 * in which the lesser key wins and the lower index among equals. A changed row plays its log2(P)
 * matches anew.
 */
final class LeastWornRow {
  /** Key of a row that takes no part: no other key loses against it. */
  static final long NO_PART = Long.MAX_VALUE;

  /** What rows are compared by. */
  @FunctionalInterface
  interface Key {
    long of(int row);
  }

  private final int rows;
  private final Key key;
  private final int leaves;
  private final int[] winners;

  /**
   * @param writes per physical row; watched, not copied
   */
  LeastWornRow(long[] writes) {
    this(writes.length, row -> writes[row]);
  }

  /**
   * @param key of a row; asked for again after {@link #changed} or {@link #rebuild} only
   */
  LeastWornRow(int rows, Key key) {
    this.rows = rows;
    this.key = key;
    this.leaves = Math.max(2, Integer.highestOneBit(2 * rows - 1));
    this.winners = new int[leaves];
    rebuild();
  }

  void rebuild() {
    for (int match = leaves - 1; match >= 1; match--) {
      play(match);
    }
  }

  /** A row's key has changed. */
  void changed(int row) {
    for (int match = (leaves + row) / 2; match >= 1; match /= 2) {
      play(match);
    }
  }

  int row() {
    return winners[1];
  }

  private void play(int match) {
    int left = contender(2 * match);
    int right = contender(2 * match + 1);
    winners[match] = right < rows && key.of(right) < key.of(left) ? right : left;
  }

  private int contender(int place) {
    if (place < leaves) {
      return winners[place];
    }
    return place - leaves;
  }
}
