package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.function.LongBinaryOperator;

/** Neighbouring rows taken together, where there are too many to show each. */
public final class RowBuckets {
  private RowBuckets() {}

  /** Rows in a bucket, so that there are at most so many buckets. */
  public static int rowsPerBucket(long rows, int mostBuckets) {
    return Math.toIntExact(Math.max(1, (rows + mostBuckets - 1) / mostBuckets));
  }

  /** The largest value in each bucket; the last may be of fewer rows. */
  public static long[] most(long[] rows, int rowsPerBucket) {
    return buckets(rows, rowsPerBucket, Long.MIN_VALUE, Math::max);
  }

  /** The least value in each bucket; the last may be of fewer rows. */
  public static long[] least(long[] rows, int rowsPerBucket) {
    return buckets(rows, rowsPerBucket, Long.MAX_VALUE, Math::min);
  }

  /**
   * @param start what {@code join} makes nothing of
   */
  private static long[] buckets(
      long[] rows, int rowsPerBucket, long start, LongBinaryOperator join) {
    if (rowsPerBucket == 1) {
      return rows;
    }
    long[] buckets = new long[(rows.length + rowsPerBucket - 1) / rowsPerBucket];
    Arrays.fill(buckets, start);
    for (int row = 0; row < rows.length; row++) {
      int bucket = row / rowsPerBucket;
      buckets[bucket] = join.applyAsLong(buckets[bucket], rows[row]);
    }
    return buckets;
  }
}
