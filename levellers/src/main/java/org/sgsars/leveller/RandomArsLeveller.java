package org.sgsars.leveller;

import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

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
public final class RandomArsLeveller implements LevellerPolicy {
  private static final String INTERVAL = "interval";
  private static final String PAIRS = "pairs";

  @Override
  public String kind() {
    return "random-ars";
  }

  @Override
  public String summary() {
    return "As ars, but each worn row is exchanged with a random one of the less worn half.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.wholeNumber(
            INTERVAL, 1024, 1, MOST_INTERVAL, "iterations", "Time between two rounds."),
        Parameter.wholeNumber(
            PAIRS, 1, 1, LayerShape.MAX_ROWS, "row pairs", "Exchanges per round."));
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
    int interval = settings.wholeNumber(INTERVAL);
    int rows = array.physicalRows();
    int pairs = ArsLeveller.fitting(settings.wholeNumber(PAIRS), rows);
    return new Leveller() {
      @Override
      public void afterIteration(long iterationsDone) {
        if (iterationsDone % interval != 0) {
          return;
        }
        int[] byWear = array.rowsByWear();
        SplittableRandom random = RoundRandom.of(seed, iterationsDone);
        for (int i = 0; i < pairs; i++) {
          // A cold row is drawn once a round: the drawn one changes places with the i-th.
          int drawn = random.nextInt(i, rows / 2);
          int cold = byWear[drawn];
          byWear[drawn] = byWear[i];
          array.exchange(byWear[rows - 1 - i], cold);
        }
      }
    };
  }
}
