package org.sgsars.leveller;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/**
 * Aging-aware row swapping: after every {@code interval} iterations sorts all physical rows by
 * their writes, ascending and stable, and exchanges the i-th first with the i-th last for the first
 * K rows. Each exchange writes both rows once.
 *
 * <p>K is {@code pairs}, or 2^floor(log2(floor(P * percent / 100)) + 1) of P rows, and is halved
 * until it is below P / 2, so that no row is in two exchanges.
 *
 * @see <a href="https://doi.org/10.1145/3195970.3196071">Cai et al., DAC 2018</a>
 */
public final class ArsLeveller implements LevellerPolicy {
  private static final String INTERVAL = "interval";
  private static final String PAIRS = "pairs";
  private static final String PERCENT = "percent";

  @Override
  public String kind() {
    return "ars";
  }

  @Override
  public String summary() {
    return "Aging-aware row swapping: exchanges the most with the least worn rows (DAC 2018).";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.wholeNumber(
            INTERVAL, 1024, 1, MOST_INTERVAL, "iterations", "Time between two rounds."),
        Parameter.optionalWholeNumber(
            PAIRS,
            1,
            LayerShape.MAX_ROWS,
            "row pairs",
            "Exchanges per round; 1 if neither this nor percent is given."),
        Parameter.number(
            PERCENT, null, 0, 100, "% of the physical rows", "Exchanges per round, as a share."));
  }

  @Override
  public Optional<String> problemWith(Settings settings) {
    return settings.has(PAIRS) && settings.has(PERCENT)
        ? Optional.of("pairs and percent both say how many rows to exchange; give one of them")
        : Optional.empty();
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    return StateBits.mapAndCounters(array.physicalRows(), iterations);
  }

  @Override
  public OptionalLong leastIterations(Settings settings, int rowsPerIteration) {
    return OptionalLong.of(settings.wholeNumber(INTERVAL));
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    int rows = array.physicalRows();
    int pairs = settings.has(PAIRS) ? settings.wholeNumber(PAIRS) : 1;
    if (settings.has(PERCENT)) {
      pairs = pairsOf(settings.number(PERCENT), rows);
    }
    return new RowSwaps(array, settings.wholeNumber(INTERVAL), fitting(pairs, rows));
  }

  /** A share of the rows as a power of two; 0 if it is less than one row. */
  static int pairsOf(double percent, int rows) {
    int share = (int) Math.floor(rows * percent / 100);
    return share == 0 ? 0 : 2 * Integer.highestOneBit(share);
  }

  /** Halves the pairs until they are fewer than half the rows. */
  static int fitting(int pairs, int rows) {
    int fitting = pairs;
    while (fitting > 0 && fitting >= rows / 2.0) {
      fitting /= 2;
    }
    return fitting;
  }

  private static final class RowSwaps implements Leveller {
    private final RowArray array;
    private final int interval;
    private final int pairs;

    RowSwaps(RowArray array, int interval, int pairs) {
      this.array = array;
      this.interval = interval;
      this.pairs = pairs;
    }

    @Override
    public void afterIteration(long iterationsDone) {
      if (iterationsDone % interval != 0) {
        return;
      }
      int[] byWear = array.rowsByWear();
      for (int i = 0; i < pairs; i++) {
        array.exchange(byWear[byWear.length - 1 - i], byWear[i]);
      }
    }
  }
}
