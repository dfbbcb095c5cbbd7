package org.sgsars.ars.core;

/**
 * Finds the row of fewest writes in constant time: a tournament of all rows, in which the row with
 * fewer writes wins and the lower index among equals. A changed row plays its log2(P) matches anew.
 */
final class LeastWornRow {
  private final long[] writes;
  private final int leaves;
  private final int[] winners;

  /**
   * @param writes per physical row; watched, not copied
   */
  LeastWornRow(long[] writes) {
    this.writes = writes;
    this.leaves = Math.max(2, Integer.highestOneBit(2 * writes.length - 1));
    this.winners = new int[leaves];
    rebuild();
  }

  void rebuild() {
    for (int match = leaves - 1; match >= 1; match--) {
      play(match);
    }
  }

  /** A row's writes have changed. */
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
    winners[match] = right < writes.length && writes[right] < writes[left] ? right : left;
  }

  private int contender(int place) {
    if (place < leaves) {
      return winners[place];
    }
    return place - leaves;
  }
}
