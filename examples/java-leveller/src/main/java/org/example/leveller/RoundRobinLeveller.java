package org.example.leveller;

import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerPolicy;
import org.sgsars.leveller.RowArray;
import org.sgsars.policy.Setting;

/**
 * After every {@code interval} iterations exchanges one physical row with the next one, beginning
 * with row 0 and walking on through the array, over and over. It looks at no wear at all: every
 * content travels through the whole array in time, a step per round.
 */
public final class RoundRobinLeveller implements LevellerPolicy<RoundRobinLeveller.Settings> {
  @Override
  public String kind() {
    return "round-robin";
  }

  @Override
  public String summary() {
    return "Exchanges one physical row after the other with the next one, whatever their wear.";
  }

  /**
   * What an experiment may set.
   *
   * @param interval iterations between two exchanges
   */
  public record Settings(
      @Setting(
              about = "Time between two exchanges.",
              unit = "iterations",
              least = 1,
              most = Integer.MAX_VALUE,
              fallback = "16")
          int interval) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    int interval = settings.interval;
    int steps = array.physicalRows() - 1;
    return new Leveller() {
      /** The row follows from the iteration alone, so there is no state to save. */
      @Override
      public void afterIteration(long iterationsDone) {
        if (steps > 0 && iterationsDone % interval == 0) {
          int row = (int) ((iterationsDone / interval - 1) % steps);
          array.exchange(row, row + 1);
        }
      }
    };
  }
}
