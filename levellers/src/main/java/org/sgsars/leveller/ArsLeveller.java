package org.sgsars.leveller;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.Setting;

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
public final class ArsLeveller implements LevellerPolicy<ArsLeveller.Settings> {
  @Override
  public String kind() {
    return "ars";
  }

  @Override
  public String summary() {
    return "Aging-aware row swapping: exchanges the most with the least worn rows, every so often (DAC 2018).";
  }

  /**
   * How often and how many rows are exchanged.
   *
   * @param interval iterations between two rounds
   * @param pairs exchanges per round
   * @param percent the same as a share of the physical rows
   */
  public record Settings(
      @Setting(
              about = "Time between two rounds.",
              unit = "iterations",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "1024")
          int interval,
      @Setting(
              about = "Exchanges per round, halved until they are fewer than half the rows.",
              unit = "row pairs",
              least = 1,
              most = LayerShape.MAX_ROWS,
              absent = "1")
          OptionalInt pairs,
      @Setting(
              about =
                  "Instead of pairs, exchanges per round as a share of the physical rows: 2^floor(log2(floor(rows × percent / 100)) + 1) pairs.",
              unit = "%",
              above = 0,
              most = 100)
          OptionalDouble percent) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public Optional<String> problemWith(Settings settings) {
    return settings.pairs.isPresent() && settings.percent.isPresent()
        ? Optional.of("pairs and percent both say how many rows to exchange; give one of them")
        : Optional.empty();
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    return StateBits.mapAndCounters(array.physicalRows(), iterations);
  }

  @Override
  public OptionalLong leastIterations(Settings settings, int rowsPerIteration) {
    return OptionalLong.of(settings.interval);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    int rows = array.physicalRows();
    int pairs =
        settings.percent.isPresent()
            ? pairsOf(settings.percent.getAsDouble(), rows)
            : settings.pairs.orElse(1);
    return new RowSwaps(array, settings.interval, pairs);
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
      int exchanges = fitting(pairs, byWear.length);
      for (int i = 0; i < exchanges; i++) {
        array.exchange(byWear[byWear.length - 1 - i], byWear[i]);
      }
    }
  }
}
