package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** What a layer's updates had written at each report. */
final class UpdateCounts {
  private record Count(long iterations, long cellWrites) {}

  private final List<Count> counts = new ArrayList<>(List.of(new Count(0, 0)));

  /** Takes note of a report, later than those before. */
  void add(long iterations, long cellWrites) {
    counts.add(new Count(iterations, cellWrites));
  }

  /**
   * When so much is written: evenly between two reports, and past the last at the rate since the
   * last one of the run's first half.
   *
   * @param cellWrites at least 0
   * @param halfOfRun iterations
   * @return empty if it never will be
   */
  OptionalDouble at(double cellWrites, long halfOfRun) {
    Count last = counts.get(counts.size() - 1);
    Count before = counts.get(0);
    if (cellWrites > last.cellWrites) {
      for (Count count : counts) {
        before =
            count.iterations <= halfOfRun && count.iterations < last.iterations ? count : before;
      }
      return between(before, last, cellWrites);
    }
    for (Count count : counts) {
      if (count.cellWrites >= cellWrites) {
        return between(before, count, cellWrites);
      }
      before = count;
    }
    return OptionalDouble.empty();
  }

  private static OptionalDouble between(Count from, Count to, double cellWrites) {
    long writes = to.cellWrites - from.cellWrites;
    if (writes == 0) {
      return cellWrites == from.cellWrites
          ? OptionalDouble.of(from.iterations)
          : OptionalDouble.empty();
    }
    double share = (cellWrites - from.cellWrites) / writes;
    return OptionalDouble.of(from.iterations + share * (to.iterations - from.iterations));
  }
}
