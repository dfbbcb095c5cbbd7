package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.sgsars.analyzer.core.Growth.Unit;
import org.sgsars.device.Device;
import org.sgsars.random.RandomStream;

/**
 * When cells will fail, past the end of a trace, if wear goes on growing as it does ({@link
 * Growth}).
 *
 * <p>Cells are drawn anew for {@value #SEEDS} seeds; the projection is the median of what they
 * give, its band from the 5th to the 95th hundredth. Only the few cells are drawn that can be among
 * the first to fail. Where many have to fail, draws hardly matter: there the projection is when so
 * many are expected to have failed, and the band is that of the binomial distribution.
 *
 * <p>Of some cells it may be known when they fail ({@link OwnCells}); those are not drawn.
 */
final class Projection implements FailureProjection {
  static final int SEEDS = 100;

  private static final RandomStream DRAWS = RandomStream.of(0, "projection");

  /** More failures than this are expected, not drawn. */
  private static final double MOST_DRAWN = 1_000;

  private static final double FIVE_PERCENT_DEVIATIONS = 1.6448536269514722;

  /** What takes longer never happens, in iterations or writes. */
  static final double LONGEST = 1e18;

  /** Of a time, as a share of it. */
  private static final double PRECISION = 1e-7;

  /**
   * A time, in iterations.
   *
   * @param median half of the seeds give less
   * @param low one in twenty gives less
   * @param high one in twenty gives more
   */
  record Band(double median, double low, double high) {
    /**
     * @param times by seed, {@value Projection#SEEDS} of them
     */
    static Band of(double[] times) {
      double[] sorted = times.clone();
      Arrays.sort(sorted);
      return new Band(
          (sorted[SEEDS / 2 - 1] + sorted[SEEDS / 2]) / 2,
          sorted[SEEDS / 20],
          sorted[SEEDS - 1 - SEEDS / 20]);
    }
  }

  /** Shares of cells that fail, evenly spaced by the logarithm of the odds. */
  private static final int STEPS = 7200;

  private static final double STEP = 0.01;
  private static final double FIRST = -STEPS / 2 * STEP;
  private static final double[] SHARE_OF_STEP = new double[STEPS + 1];

  static {
    for (int i = 0; i <= STEPS; i++) {
      SHARE_OF_STEP[i] = share(FIRST + i * STEP);
    }
  }

  /**
   * Cells of one device.
   *
   * @param units the cells, worn as they are now
   * @param endurance of all of them
   */
  record Part(List<Unit> units, Endurance endurance) {
    Part {
      units = List.copyOf(units);
    }
  }

  /** How many cells of a device survive how many writes. */
  static final class Endurance {
    final Device device;
    final double[] writesOfStep = new double[STEPS + 1];

    Endurance(Device device) {
      this.device = device;
      for (int i = 0; i <= STEPS; i++) {
        writesOfStep[i] = device.quantile(SHARE_OF_STEP[i]);
      }
    }

    /** Share of the cells that do not survive so many writes. */
    double failed(double writes) {
      if (writes <= writesOfStep[0]) {
        return 0;
      }
      if (writes > writesOfStep[STEPS]) {
        return 1;
      }
      // The first step of at least so many writes.
      int below = 0;
      int above = STEPS;
      while (above - below > 1) {
        int middle = (below + above) >>> 1;
        if (writesOfStep[middle] < writes) {
          below = middle;
        } else {
          above = middle;
        }
      }
      double part = (writes - writesOfStep[below]) / (writesOfStep[above] - writesOfStep[below]);
      return SHARE_OF_STEP[below] + part * (SHARE_OF_STEP[above] - SHARE_OF_STEP[below]);
    }
  }

  private final List<Unit> units = new ArrayList<>();

  /** Of each unit's cells. */
  private final List<Endurance> endurances = new ArrayList<>();

  private final double from;

  /** When cells of which that is known will fail, ascending. */
  private final double[] known;

  /** Share of each unit's cells that had failed already. */
  private final double[] gone;

  /**
   * @param parts all cells
   * @param from iterations done
   */
  Projection(List<Part> parts, long from) {
    this(parts, new double[0], from);
  }

  /**
   * @param parts the cells that are drawn
   * @param known when others will fail, ascending; not changed any more
   * @param from iterations done
   */
  Projection(List<Part> parts, double[] known, long from) {
    this.from = from;
    this.known = known;
    for (Part part : parts) {
      for (Unit unit : part.units()) {
        units.add(unit);
        endurances.add(part.endurance());
      }
    }
    this.gone = new double[units.size()];
    Arrays.setAll(gone, i -> endurances.get(i).failed(units.get(i).writes()));
  }

  private static double share(double logOdds) {
    return Math.min(1 / (1 + StrictMath.exp(-logOdds)), 1 - 0x1p-53);
  }

  private double writes(Unit unit, double time) {
    return unit.writes() + unit.rate() * (time - from);
  }

  /** Cells that are expected to fail between now and then. */
  private double expected(double time) {
    double sum = knownUntil(time);
    for (int i = 0; i < gone.length; i++) {
      Unit unit = units.get(i);
      if (unit.rate() > 0) {
        sum += unit.cells() * (endurances.get(i).failed(writes(unit, time)) - gone[i]);
      }
    }
    return sum;
  }

  /** How many of the known failures there are up to a time. */
  private int knownUntil(double time) {
    int at = Arrays.binarySearch(known, time);
    if (at < 0) {
      return -at - 1;
    }
    while (at < known.length && known[at] == time) {
      at++;
    }
    return at;
  }

  /** When so many are expected to have failed; {@link #LONGEST} if never. */
  private double timeOf(double failures) {
    double low = from;
    double high = from + 1;
    while (high < LONGEST && expected(high) < failures) {
      low = high;
      high = from + 2 * (high - from);
    }
    if (high >= LONGEST) {
      return LONGEST;
    }
    while (high - low > PRECISION * high) {
      double middle = (low + high) / 2;
      if (expected(middle) < failures) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  @Override
  public Optional<Band> after(long failures) {
    double median = timeOf(failures - 0.5);
    if (median >= LONGEST) {
      return Optional.empty();
    }
    double latest = latest(failures);
    return Optional.of(
        fewEnough(failures, latest)
            ? Band.of(drawn(failures, latest))
            : expectedBand(failures, median));
  }

  /** Where draws hardly matter, every seed has the expected time. */
  @Override
  public double[] bySeed(long failures) {
    double median = timeOf(failures - 0.5);
    double latest = median < LONGEST ? latest(failures) : LONGEST;
    if (median < LONGEST && fewEnough(failures, latest)) {
      return drawn(failures, latest);
    }
    double[] times = new double[SEEDS];
    Arrays.fill(times, median < LONGEST ? median : Double.POSITIVE_INFINITY);
    return times;
  }

  /** Until then so many fail in all but the rarest draws. */
  private double latest(long failures) {
    return timeOf(Math.min(failures + margin(failures), expected(LONGEST)));
  }

  private static double margin(long failures) {
    return 6 * Math.sqrt(failures) + 12;
  }

  private boolean fewEnough(long failures, double latest) {
    double drawn = expected(latest);
    return drawn < MOST_DRAWN && drawn < 4 * (failures + margin(failures));
  }

  private Band expectedBand(double failures, double median) {
    double cells = units.stream().mapToDouble(Unit::cells).sum();
    double ofDrawn = Math.max(0, failures - knownUntil(median));
    double deviation = Math.sqrt(ofDrawn * Math.max(0, 1 - ofDrawn / cells));
    double low = timeOf(Math.max(0.5, failures - FIVE_PERCENT_DEVIATIONS * deviation));
    double high = timeOf(failures + FIVE_PERCENT_DEVIATIONS * deviation);
    return new Band(median, Math.min(low, median), Math.max(high, median));
  }

  /** Of each seed. */
  private double[] drawn(long failures, double latest) {
    double[] limits = new double[gone.length];
    for (int i = 0; i < limits.length; i++) {
      Unit unit = units.get(i);
      limits[i] =
          unit.rate() > 0
              ? (endurances.get(i).failed(writes(unit, latest)) - gone[i]) / (1 - gone[i])
              : 0;
    }
    double[] times = new double[SEEDS];
    for (int seed = 0; seed < SEEDS; seed++) {
      double[] all = draw(DRAWS.child(seed).generator(), limits, failures, latest);
      times[seed] = all.length < failures ? latest : all[Math.toIntExact(failures - 1)];
    }
    return times;
  }

  /** Times of the failures up to the latest, ascending. Of one unit no more than are asked for. */
  private double[] draw(SplittableRandom random, double[] limits, long atMost, double latest) {
    int count = knownUntil(latest);
    double[] times = Arrays.copyOf(known, Math.max(16, count));
    for (int at = 0; at < gone.length; at++) {
      Unit unit = units.get(at);
      double limit = limits[at];
      double left = unit.cells() * (1 - gone[at]);
      double share = 0;
      for (long i = 0; i < atMost && left > 0 && limit > 0; i++) {
        // The next larger of so many draws that are even between the last one and 1.
        share = 1 - (1 - share) * StrictMath.pow(1 - random.nextDouble(), 1 / left);
        if (share > limit) {
          break;
        }
        if (count == times.length) {
          times = Arrays.copyOf(times, 2 * count);
        }
        times[count++] = time(at, gone[at] + share * (1 - gone[at]));
        left--;
      }
    }
    double[] all = Arrays.copyOf(times, count);
    Arrays.sort(all);
    return all;
  }

  private double time(int at, double share) {
    Unit unit = units.get(at);
    double endured = endurances.get(at).device.quantile(Math.min(share, 1 - 0x1p-53));
    return from + Math.max(0, endured - unit.writes()) / unit.rate();
  }
}
