package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How many cells of an array are worn out, after each iteration in which that changed. */
public final class FailureCounts {
  private final List<Long> iterations = new ArrayList<>();
  private final List<Long> cells = new ArrayList<>();
  private long last;

  /**
   * @param iteration at least the last one noted
   * @param worn worn-out cells after it, so far
   */
  public void note(long iteration, long worn) {
    if (worn == last) {
      return;
    }
    last = worn;
    int end = iterations.size() - 1;
    if (end >= 0 && iterations.get(end) == iteration) {
      cells.set(end, worn);
    } else {
      iterations.add(iteration);
      cells.add(worn);
    }
  }

  /** The iterations in which the number changed since the last {@link #clear}. */
  public long[] iterations() {
    return iterations.stream().mapToLong(iteration -> iteration).toArray();
  }

  /** For each of them the worn-out cells after it. */
  public long[] cells() {
    return cells.stream().mapToLong(count -> count).toArray();
  }

  /** They were reported. */
  public void clear() {
    iterations.clear();
    cells.clear();
  }

  public void save(DataOutput out) throws IOException {
    out.writeLong(last);
    out.writeInt(iterations.size());
    for (int i = 0; i < iterations.size(); i++) {
      out.writeLong(iterations.get(i));
      out.writeLong(cells.get(i));
    }
  }

  public void restore(DataInput in) throws IOException {
    last = in.readLong();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      iterations.add(in.readLong());
      cells.add(in.readLong());
    }
  }
}
