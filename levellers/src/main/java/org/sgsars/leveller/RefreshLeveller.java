package org.sgsars.leveller;

import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;

/**
 * After every {@code interval} iterations replaces the whole row map by a new random permutation;
 * every row whose content changes is written once.
 *
 * <p>The journal version of the paper has a scheme of this name; this definition is ours.
 *
 * @see <a href="https://doi.org/10.1109/TCAD.2020.2977079">Cai et al., TCAD 2020</a>
 */
public final class RefreshLeveller implements LevellerPolicy<RefreshLeveller.Settings> {
  @Override
  public String kind() {
    return "refresh";
  }

  @Override
  public String summary() {
    return "Puts all rows into a new random order, every so often.";
  }

  /**
   * How often rows are put into a new order.
   *
   * @param interval iterations between two rounds
   */
  public record Settings(
      @Setting(
              about = "Time between two rounds.",
              unit = "iterations",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "8192")
          int interval) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    // The map alone: the permutation does not follow from less.
    return OptionalLong.of((long) array.physicalRows() * StateBits.index(array.physicalRows()));
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
        if (iterationsDone % interval == 0) {
          array.rearrange(permutation(array.physicalRows(), RoundRandom.of(seed, iterationsDone)));
        }
      }
    };
  }

  /** Every permutation is as likely (Fisher and Yates). */
  private static int[] permutation(int rows, SplittableRandom random) {
    int[] permutation = new int[rows];
    for (int i = 0; i < rows; i++) {
      int j = random.nextInt(i + 1);
      permutation[i] = permutation[j];
      permutation[j] = i;
    }
    return permutation;
  }
}
