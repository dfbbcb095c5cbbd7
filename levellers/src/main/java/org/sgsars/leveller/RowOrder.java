package org.sgsars.leveller;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Sorts rows by their writes, without an object for each. */
final class RowOrder {
  private RowOrder() {}

  /**
   * Rows by their writes, ascending; by index among equals.
   *
   * @param writes per row, at least one, none below 0
   */
  static int[] byWrites(long[] writes) {
    long least = Arrays.stream(writes).min().orElseThrow();
    long most = Arrays.stream(writes).max().orElseThrow();
    if (most - least >= Long.MAX_VALUE / writes.length - 1) {
      // Writes and index do not fit into one number.
      return IntStream.range(0, writes.length)
          .boxed()
          .sorted((a, b) -> Long.compare(writes[a], writes[b]))
          .mapToInt(Integer::intValue)
          .toArray();
    }
    long[] keys = new long[writes.length];
    for (int row = 0; row < keys.length; row++) {
      keys[row] = (writes[row] - least) * keys.length + row;
    }
    Arrays.sort(keys);
    int[] rows = new int[keys.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (int) (keys[i] % rows.length);
    }
    return rows;
  }
}
