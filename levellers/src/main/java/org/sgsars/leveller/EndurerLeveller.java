package org.sgsars.leveller;

import java.util.Arrays;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;

/**
 * ENDURER: after every {@code interval} iterations the whole array is shifted by a random offset. A
 * content in physical row p goes to row (p + offset) mod P, with an offset from 1 to P - 1, each as
 * likely. Every row is written once, whether it holds weights or not. The offsets follow from the
 * seed and the iteration alone, and the leveller looks at no wear.
 *
 * <p>Where it departs from its source: there an array is a memory of words, whose writes a small
 * cache collects first, and the period is hours of use; the published driver shifts every four
 * hours. Here an array is the rows of a layer, nothing is cached, and the period is iterations. Its
 * default, as that of {@code refresh}, costs an array of 512 rows 6 % more writes where a row is
 * written per iteration. The published code draws an offset of 0 too; here that is none. Swaps of
 * whole chips ("Distributed ENDURER") are left out: {@code cross-layer} exchanges crossbars.
 *
 * @see <a href="https://doi.org/10.1038/s41928-020-00515-3">Radway et al., Nature Electronics
 *     2021</a>, with code in robust-systems-group/illusion_system; first in ISSCC 2019
 */
public final class EndurerLeveller implements LevellerPolicy<EndurerLeveller.Settings> {
  @Override
  public String kind() {
    return "endurer";
  }

  @Override
  public String summary() {
    return "ENDURER: shifts the whole array by a random offset, every so often (Nature Electronics 2021).";
  }

  /**
   * How often the array is shifted.
   *
   * @param interval iterations between two shifts
   */
  public record Settings(
      @Setting(
              about = "Time between two shifts. Each writes every row once.",
              unit = "iterations",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "8192")
          int interval) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /** The offset alone: the map follows from it. */
  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    return OptionalLong.of(StateBits.index(array.physicalRows()));
  }

  @Override
  public OptionalLong leastIterations(Settings settings, int rowsPerIteration) {
    return OptionalLong.of(settings.interval);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    int interval = settings.interval;
    int rows = array.physicalRows();
    return new Leveller() {
      @Override
      public void afterIteration(long iterationsDone) {
        if (iterationsDone % interval == 0 && rows > 1) {
          shift(array, RoundRandom.of(seed, iterationsDone).nextInt(1, rows));
        }
      }
    };
  }

  private static void shift(RowArray array, int offset) {
    int[] map = array.logicalToPhysical();
    Arrays.setAll(map, row -> (map[row] + offset) % map.length);
    array.rearrange(map);
  }
}
