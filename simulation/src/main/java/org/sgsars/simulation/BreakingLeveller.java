package org.sgsars.simulation;

import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerPolicy;
import org.sgsars.leveller.RowArray;
import org.sgsars.policy.Setting;

/** A user's leveller that moves nothing, until it breaks. */
public final class BreakingLeveller implements LevellerPolicy<BreakingLeveller.Settings> {
  /**
   * When it breaks.
   *
   * @param at the iteration
   */
  public record Settings(
      @Setting(
              about = "The iteration at whose end it breaks.",
              unit = "iterations",
              least = 0,
              most = 1_000_000)
          long at) {}

  @Override
  public String kind() {
    return "breaking";
  }

  @Override
  public String summary() {
    return "Moves nothing, until it breaks.";
  }

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    return new Leveller() {
      @Override
      public void afterIteration(long iterationsDone) {
        if (iterationsDone == settings.at() + 1) {
          throw new UnsupportedOperationException("breaks in iteration " + settings.at());
        }
      }
    };
  }
}
