package org.sgsars.device.fit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * After how many writes cells failed, as far as it was seen.
 *
 * @param cells in ascending order, those that were seen alike together
 */
public record Measurement(List<Cells> cells) {
  /**
   * Cells of which the same was seen. They survived some writes and had failed by some more.
   *
   * @param survived writes that they were seen to survive, at least 0; 0 if not even that was
   *     looked at
   * @param failedBy writes by which they were seen to have failed; as many as {@code survived} if
   *     it is known when they failed; infinite if they were not seen to fail
   * @param count how many these are, at least 1
   */
  public record Cells(double survived, double failedBy, long count) {
    /**
     * @throws IllegalArgumentException if they failed before what they survived
     */
    public Cells {
      boolean isInOrder = survived >= 0 && failedBy >= survived && failedBy > 0;
      if (!isInOrder || Double.isInfinite(survived) || count < 1) {
        throw new IllegalArgumentException(
            "%d cells survived %s writes and had failed by %s; allowed: at least one cell, 0 or more writes, and no failure before them"
                .formatted(count, survived, failedBy));
      }
    }

    /** Cells that failed at so many writes. */
    public static Cells failedAt(double writes, long count) {
      return new Cells(writes, writes, count);
    }

    /** Cells that so many writes did not make fail. */
    public static Cells notFailedBy(double writes, long count) {
      return new Cells(writes, Double.POSITIVE_INFINITY, count);
    }

    boolean isExact() {
      return survived == failedBy;
    }

    boolean hasFailed() {
      return failedBy < Double.POSITIVE_INFINITY;
    }
  }

  private static final Comparator<Cells> IN_ORDER =
      Comparator.comparingDouble(Cells::survived).thenComparingDouble(Cells::failedBy);

  /** In any order, of which some may be alike. */
  public Measurement {
    List<Cells> together = new ArrayList<>();
    for (Cells next : cells.stream().sorted(IN_ORDER).toList()) {
      int last = together.size() - 1;
      if (last >= 0 && IN_ORDER.compare(together.get(last), next) == 0) {
        long count = Math.addExact(together.get(last).count, next.count);
        together.set(last, new Cells(next.survived, next.failedBy, count));
      } else {
        together.add(next);
      }
    }
    cells = List.copyOf(together);
  }

  /** Cells that were looked at. */
  public long count() {
    return cells.stream().mapToLong(Cells::count).sum();
  }

  /** Those of them that failed. */
  public long failed() {
    return cells.stream().filter(Cells::hasFailed).mapToLong(Cells::count).sum();
  }

  /** Different counts of writes at which anything is known. */
  long observations() {
    return cells.stream()
        .flatMapToDouble(seen -> DoubleStream.of(seen.survived, seen.failedBy))
        .filter(writes -> writes > 0 && writes < Double.POSITIVE_INFINITY)
        .distinct()
        .count();
  }
}
