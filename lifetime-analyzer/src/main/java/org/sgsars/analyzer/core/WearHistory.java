package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.List;

/**
 * How the wear of a layer's physical rows looked at some times of the run, evenly spread over the
 * reports that came: for looking at, so rows of large layers are taken together.
 */
final class WearHistory {
  /** When so many are kept, every second one goes. */
  private static final int MOST_SNAPSHOTS = 64;

  private static final int MOST_BUCKETS = 512;

  private final int rowsPerBucket;
  private final List<LifetimeReport.Snapshot> snapshots = new ArrayList<>();
  private int stride = 1;
  private int seen;

  WearHistory(int physicalRows) {
    this.rowsPerBucket = RowBuckets.rowsPerBucket(physicalRows, MOST_BUCKETS);
  }

  int rowsPerBucket() {
    return rowsPerBucket;
  }

  /** Takes note of a report. */
  void add(long iterations, long[] rows) {
    if (seen % stride == 0) {
      snapshots.add(new LifetimeReport.Snapshot(iterations, snapshot(rows)));
    }
    seen++;
    if (snapshots.size() == MOST_SNAPSHOTS) {
      for (int i = MOST_SNAPSHOTS - 1; i > 0; i -= 2) {
        snapshots.remove(i);
      }
      stride *= 2;
    }
  }

  /** Rows are never changed, so the few of a small layer need no copy. */
  private long[] snapshot(long[] rows) {
    return RowBuckets.most(rows, rowsPerBucket);
  }

  List<LifetimeReport.Snapshot> snapshots() {
    return List.copyOf(snapshots);
  }
}
