package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.BitSet;

/** Sets of rows in saved states. */
final class RowBits {
  private RowBits() {}

  static void save(BitSet rows, DataOutput out) throws IOException {
    long[] words = rows.toLongArray();
    out.writeInt(words.length);
    for (long word : words) {
      out.writeLong(word);
    }
  }

  /** Replaces what is in the set. */
  static void restore(BitSet rows, DataInput in) throws IOException {
    long[] words = new long[in.readInt()];
    for (int i = 0; i < words.length; i++) {
      words[i] = in.readLong();
    }
    rows.clear();
    rows.or(BitSet.valueOf(words));
  }
}
