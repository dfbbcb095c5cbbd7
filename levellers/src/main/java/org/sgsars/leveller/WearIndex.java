package org.sgsars.leveller;

import java.util.Arrays;

/**
 * An index of rows by a key, such as their wear or its negative: finds the row of the least key in
 * constant time. It is a tournament tree, in which the lesser key wins and the lower index among
 * equals. A changed row plays its log2(P) matches anew, or as many as change anything.
 *
 * <p>{@link RowArray#track} makes one and keeps it up to date.
 */
public final class WearIndex {
  /** Key of a row that takes no part: no other key loses against it. */
  public static final long NO_PART = Long.MAX_VALUE;

  /** What rows are compared by. */
  @FunctionalInterface
  public interface Key {
    long of(int row);
  }

  private final Key key;

  /** As they were when their rows changed last: a match does not ask for them again. */
  private final long[] keys;

  private final int leaves;
  private final int[] winners;

  /**
   * @param key of a row; asked for again after {@link #changed} or {@link #rebuild} only
   */
  WearIndex(int rows, Key key) {
    this.key = key;
    this.keys = new long[rows];
    this.leaves = Math.max(2, Integer.highestOneBit(2 * rows - 1));
    this.winners = new int[leaves];
    rebuild();
  }

  void rebuild() {
    Arrays.setAll(keys, key::of);
    for (int match = leaves - 1; match >= 1; match--) {
      winners[match] = winnerOf(match);
    }
  }

  /** A row's key has changed. */
  void changed(int row) {
    long now = key.of(row);
    if (now == keys[row]) {
      return;
    }
    keys[row] = now;
    for (int match = (leaves + row) / 2; match >= 1; match /= 2) {
      int before = winners[match];
      int winner = winnerOf(match);
      winners[match] = winner;
      if (winner == before && winner != row) {
        // Above here every match has the same contenders with the same keys.
        return;
      }
    }
  }

  /** The row of the least key; if its key is {@link #NO_PART}, no row takes part. */
  public int row() {
    return winners[1];
  }

  private int winnerOf(int match) {
    int left = contender(2 * match);
    int right = contender(2 * match + 1);
    return right < keys.length && keys[right] < keys[left] ? right : left;
  }

  private int contender(int place) {
    return place < leaves ? winners[place] : place - leaves;
  }
}
