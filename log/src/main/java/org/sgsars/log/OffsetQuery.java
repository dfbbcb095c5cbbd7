package org.sgsars.log;

/** Which offset of a partition is asked for. */
public sealed interface OffsetQuery {
  /** The log start offset: of the first record that is not deleted. */
  static OffsetQuery earliest() {
    return Bound.EARLIEST;
  }

  /** The log end offset: of the record that comes next. */
  static OffsetQuery latest() {
    return Bound.LATEST;
  }

  /**
   * The first record with the largest timestamp. It may be a deleted one; a partition that never
   * had a record has none.
   */
  static OffsetQuery maxTimestamp() {
    return Bound.MAX_TIMESTAMP;
  }

  /**
   * The first record that is as young as this or younger.
   *
   * @param timestampMs milliseconds since 1970-01-01 UTC, at least 0
   */
  static OffsetQuery forTimestamp(long timestampMs) {
    return new Since(timestampMs);
  }

  /** What needs no number. */
  enum Bound implements OffsetQuery {
    EARLIEST,
    LATEST,
    MAX_TIMESTAMP
  }

  /** See {@link OffsetQuery#forTimestamp}. */
  record Since(long timestampMs) implements OffsetQuery {
    public Since {
      // Kafka takes less for something else.
      if (timestampMs < 0) {
        throw new IllegalArgumentException(
            "timestampMs=%d is outside [0, 9223372036854775807]".formatted(timestampMs));
      }
    }
  }
}
