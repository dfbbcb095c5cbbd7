package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A count of an array, 0 at first, after each iteration in which it changed. */
public final class ChangesOfCount {
  private final List<Long> iterations = new ArrayList<>();
  private final List<Long> counts = new ArrayList<>();
  private long last;

  /**
   * @param iteration at least the last one noted
   * @param count after it, so far
   */
  public void record(long iteration, long count) {
    if (count == last) {
      return;
    }
    last = count;
    int end = iterations.size() - 1;
    if (end >= 0 && iterations.get(end) == iteration) {
      counts.set(end, count);
    } else {
      iterations.add(iteration);
      counts.add(count);
    }
  }

  /** The iterations in which the number changed since the last {@link #clear}. */
  public long[] iterations() {
    return iterations.stream().mapToLong(iteration -> iteration).toArray();
  }

  /** For each of them the count after it. */
  public long[] counts() {
    return counts.stream().mapToLong(count -> count).toArray();
  }

  /** They were reported. */
  public void clear() {
    iterations.clear();
    counts.clear();
  }

  public void save(DataOutput out) throws IOException {
    out.writeLong(last);
    out.writeInt(iterations.size());
    for (int i = 0; i < iterations.size(); i++) {
      out.writeLong(iterations.get(i));
      out.writeLong(counts.get(i));
    }
  }

  public void restore(DataInput in) throws IOException {
    last = in.readLong();
    int changes = in.readInt();
    for (int i = 0; i < changes; i++) {
      iterations.add(in.readLong());
      counts.add(in.readLong());
    }
  }
}
