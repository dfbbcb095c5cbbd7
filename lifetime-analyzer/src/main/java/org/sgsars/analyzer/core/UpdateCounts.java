package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** How often a layer's updates had written its columns at each report. */
final class UpdateCounts {
  /** When more numbers are kept, every second report goes. */
  private static final long MOST_NUMBERS = 1 << 20;

  /**
   * @param ofColumns writes of each column, in all rows; a single number if all have the same
   */
  private record Count(long iterations, long[] ofColumns) {
    long of(int column) {
      return ofColumns[ofColumns.length == 1 ? 0 : column];
    }
  }

  private final List<Count> counts = new ArrayList<>(List.of(new Count(0, new long[1])));
  private long numbers = 1;

  /**
   * Takes note of a report, later than those before.
   *
   * @param ofColumns writes of each column, in all rows; a single number if all have the same
   */
  void add(long iterations, long... ofColumns) {
    if (numbers + ofColumns.length > MOST_NUMBERS) {
      // The first and the last stay.
      for (int i = counts.size() - 2; i > 0; i -= 2) {
        numbers -= counts.remove(i).ofColumns.length;
      }
    }
    counts.add(new Count(iterations, ofColumns));
    numbers += ofColumns.length;
  }

  /**
   * When a column is written so often: evenly between two reports, and past the last at the rate
   * since the last one of the run's first half.
   *
   * @param writes at least 0
   * @param halfOfRun iterations
   * @return empty if it never will be
   */
  OptionalDouble at(int column, double writes, long halfOfRun) {
    Count last = counts.get(counts.size() - 1);
    Count before = counts.get(0);
    if (writes > last.of(column)) {
      for (Count count : counts) {
        before =
            count.iterations <= halfOfRun && count.iterations < last.iterations ? count : before;
      }
      return between(before, last, column, writes);
    }
    for (Count count : counts) {
      if (count.of(column) >= writes) {
        return between(before, count, column, writes);
      }
      before = count;
    }
    return OptionalDouble.empty();
  }

  private static OptionalDouble between(Count from, Count to, int column, double writes) {
    long more = to.of(column) - from.of(column);
    if (more == 0) {
      return writes == from.of(column)
          ? OptionalDouble.of(from.iterations)
          : OptionalDouble.empty();
    }
    double share = (writes - from.of(column)) / more;
    return OptionalDouble.of(from.iterations + share * (to.iterations - from.iterations));
  }
}
