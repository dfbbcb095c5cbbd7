package org.sgsars.ars.core;

import java.util.Arrays;

/** A growing list of ints without boxing. */
final class IntJournal {
  private int[] values = new int[8];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void clear() {
    size = 0;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }

  int[] sortedWithoutRepeats() {
    return Arrays.stream(values, 0, size).sorted().distinct().toArray();
  }
}
