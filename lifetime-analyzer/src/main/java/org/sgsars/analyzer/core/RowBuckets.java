package org.sgsars.analyzer.core;

import java.util.Arrays;

/** Neighbouring rows taken together, where there are too many to show each. */
public final class RowBuckets {
  private RowBuckets() {}

  /** Rows in a bucket, so that there are at most so many buckets. */
  public static int rowsPerBucket(long rows, int mostBuckets) {
    return Math.toIntExact(Math.max(1, (rows + mostBuckets - 1) / mostBuckets));
  }

  /** The largest value in each bucket; the last may be of fewer rows. */
  public static long[] most(long[] rows, int rowsPerBucket) {
    if (rowsPerBucket == 1) {
      return rows;
    }
    long[] most = buckets(rows, rowsPerBucket, Long.MIN_VALUE);
    for (int row = 0; row < rows.length; row++) {
      most[row / rowsPerBucket] = Math.max(most[row / rowsPerBucket], rows[row]);
    }
    return most;
  }

  /** The least value in each bucket; the last may be of fewer rows. */
  public static long[] least(long[] rows, int rowsPerBucket) {
    if (rowsPerBucket == 1) {
      return rows;
    }
    long[] least = buckets(rows, rowsPerBucket, Long.MAX_VALUE);
    for (int row = 0; row < rows.length; row++) {
      least[row / rowsPerBucket] = Math.min(least[row / rowsPerBucket], rows[row]);
    }
    return least;
  }

  private static long[] buckets(long[] rows, int rowsPerBucket, long value) {
    long[] buckets = new long[(rows.length + rowsPerBucket - 1) / rowsPerBucket];
    Arrays.fill(buckets, value);
    return buckets;
  }
}
