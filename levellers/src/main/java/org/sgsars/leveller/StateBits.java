package org.sgsars.leveller;

import java.util.OptionalLong;

/** Sizes of what levellers would keep in hardware, in bits. */
final class StateBits {
  private StateBits() {}

  /** An index of one of {@code values} things. */
  static int index(int values) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, values - 1));
  }

  /** A counter of up to {@code most}. */
  static int counter(long most) {
    return Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, most));
  }

  /** A row map and a write counter per row: what it takes to exchange rows by their wear. */
  static OptionalLong mapAndCounters(int physicalRows, long iterations) {
    return OptionalLong.of((long) physicalRows * (index(physicalRows) + counter(iterations)));
  }
}
