package org.sgsars.log;

/**
 * The answer to an {@link OffsetQuery}.
 *
 * @param offset {@link #NONE} if no record is meant
 * @param timestampMs of the record, in milliseconds since 1970-01-01 UTC; {@link #NONE} where the
 *     query is not for a time
 */
public record LogOffset(long offset, long timestampMs) {
  public static final long NONE = -1;

  /** No such record. */
  public static final LogOffset NOT_FOUND = new LogOffset(NONE, NONE);
}
