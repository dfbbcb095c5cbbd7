package org.sgsars.leveller;

import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.Setting;

/**
 * Aging-aware row swapping whose cold side is drawn at random: after every {@code interval}
 * iterations each of the K most worn rows is exchanged with a row of the less worn half, each of
 * which is as likely, so that nobody who knows the scheme can predict where a content goes. Each
 * exchange writes both rows once; K is halved until it is below P / 2.
 *
 * <p>The journal version of the paper has a scheme of this name; this definition is ours.
 *
 * @see <a href="https://doi.org/10.1109/TCAD.2020.2977079">Cai et al., TCAD 2020</a>
 */
public final class RandomArsLeveller implements LevellerPolicy<RandomArsLeveller.Settings> {
  @Override
  public String kind() {
    return "random-ars";
  }

  @Override
  public String summary() {
    return "As ars, but each worn row is exchanged with a random row of the less worn half.";
  }

  /**
   * How often and how many rows are exchanged.
   *
   * @param interval iterations between two rounds
   * @param pairs exchanges per round
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
              fallback = "1")
          int pairs) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
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
    int interval = settings.interval;
    return new Leveller() {
      @Override
      public void afterIteration(long iterationsDone) {
        if (iterationsDone % interval != 0) {
          return;
        }
        int[] byWear = array.rowsByWear();
        int working = byWear.length;
        SplittableRandom random = RoundRandom.of(seed, iterationsDone);
        int exchanges = ArsLeveller.fitting(settings.pairs, working);
        for (int i = 0; i < exchanges; i++) {
          // A cold row is drawn once a round: the drawn one changes places with the i-th.
          int drawn = random.nextInt(i, working / 2);
          int cold = byWear[drawn];
          byWear[drawn] = byWear[i];
          array.exchange(byWear[working - 1 - i], cold);
        }
      }
    };
  }
}
