package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.sgsars.device.Device;
import org.sgsars.model.ArrayShape;
import org.sgsars.random.RandomStream;

/**
 * When a layer that gives up failed rows will lose its first weight, past the end of a run: when
 * fewer wordlines work than it has rows. What the working rows of cells survive is drawn anew for
 * every seed, given that they have survived their writes. A wordline survives what its blocks of
 * columns do together.
 *
 * <p>How many writes the rows take until then lies between two cases ({@link RowLives}): contents
 * stay until their row fails, each at its own rate, or all rows are levelled. How much of a row's
 * own rate lasts is read off the run as in {@link Growth}, and is the weight of the first case.
 * Where a leveller knows what rows survive, they wear out at the same time. Rows are written as
 * often as in the run's second half; writes that cells failed at do not count.
 */
final class LossProjection {
  private static final RandomStream DRAWS = RandomStream.of(0, "loss-projection");

  private final ArrayShape array;
  private final Projection.Endurance endurance;
  private final boolean levelsByEndurance;
  private final RetiringRows now;
  private final ContentRates rates;
  private final long[] writes;
  private final int[] failures;

  /** Share of the cells that do not survive the writes of each physical row. */
  private final double[] gone;

  /** Cells of a row that work when fresh. */
  private final double cellsOfRow;

  /**
   * A layer at one time; arrays are not to be changed.
   *
   * @param iterations done
   * @param writes of every physical row
   * @param logicalToPhysical where every logical row lies
   * @param failures worn-out cells of every physical row
   */
  record Sample(long iterations, long[] writes, int[] logicalToPhysical, int[] failures) {
    RetiringRows rows(ArrayShape array) {
      return RetiringRows.of(array, iterations, writes, logicalToPhysical, failures);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Sample sample
          && iterations == sample.iterations
          && Arrays.equals(writes, sample.writes)
          && Arrays.equals(logicalToPhysical, sample.logicalToPhysical)
          && Arrays.equals(failures, sample.failures);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(iterations) + 31 * Arrays.hashCode(writes);
    }
  }

  /**
   * @param levelsByEndurance whether a leveller knows what rows survive
   * @param half the last look of the run's first half
   * @param last a later one, before anything was lost
   */
  LossProjection(
      ArrayShape array,
      Projection.Endurance endurance,
      boolean levelsByEndurance,
      Sample half,
      Sample last) {
    this.array = array;
    this.endurance = endurance;
    this.levelsByEndurance = levelsByEndurance;
    this.now = last.rows(array);
    this.rates = new ContentRates(half.rows(array), now);
    this.writes = last.writes;
    this.failures = last.failures;
    this.gone = new double[writes.length];
    Arrays.setAll(gone, row -> endurance.failed(writes[row]));
    Device device = endurance.device;
    this.cellsOfRow =
        (double) array.layer().columns() * device.cellsPerWeight() * (1 - device.stuckShare());
  }

  /** When the first weight is lost, in iterations, by seed; infinite if it never is. */
  double[] times() {
    double[] times = new double[Projection.SEEDS];
    for (int seed = 0; seed < times.length; seed++) {
      SplittableRandom random = DRAWS.child(array.layer().name()).child(seed).generator();
      times[seed] = time(row -> drawn(random, row));
    }
    return times;
  }

  /**
   * The same of known cells.
   *
   * @param weakest writes that each physical row survives
   */
  double timeOf(long[] weakest) {
    return time(row -> weakest[row]);
  }

  /** Writes that a working physical row survives. */
  private interface Survived {
    double by(int row);
  }

  /** The weakest of a row's cells, given that they have survived the row's writes. */
  private double drawn(SplittableRandom random, int row) {
    double share = 1 - (1 - gone[row]) * StrictMath.pow(1 - random.nextDouble(), 1 / cellsOfRow);
    return Math.floor(
        endurance.device.quantile(Math.min(Math.max(share, Double.MIN_NORMAL), 1 - 0x1p-53)));
  }

  private double time(Survived survived) {
    if (rates.all() <= 0) {
      return Double.POSITIVE_INFINITY;
    }
    double[] lives = new double[now.failed().length];
    for (int row = 0; row < writes.length; row++) {
      lives[row % lives.length] +=
          failures[row] > 0 ? writes[row] - 1 : Math.max(writes[row], survived.by(row));
    }
    return now.iterations()
        + iterationsOf(new RowLives(now.places().length, now.written(), lives, now.failed()));
  }

  private double iterationsOf(RowLives rows) {
    if (levelsByEndurance) {
      return rows.byEndurance() / rates.all();
    }
    double lasting = rates.lasting();
    double levelled = lasting < 1 ? rows.levelled() / rates.all() : 0;
    double staying = lasting > 0 ? rows.ifContentsStay(now.places(), rates.ofContents()) : 0;
    return lasting * staying + (1 - lasting) * levelled;
  }
}
