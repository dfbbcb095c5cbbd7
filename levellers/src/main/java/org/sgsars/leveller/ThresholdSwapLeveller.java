package org.sgsars.leveller;

import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;

/**
 * Exchanges a written row with the least worn one as soon as it is {@code lead} writes ahead of it,
 * the lowest index among equals. Both rows are written once. Unlike a round every so often it never
 * comes too late, and unlike {@link LruSwapLeveller} it leaves rows alone that wear evenly.
 */
public final class ThresholdSwapLeveller implements LevellerPolicy<ThresholdSwapLeveller.Settings> {
  @Override
  public String kind() {
    return "threshold-swap";
  }

  @Override
  public String summary() {
    return "Exchanges a written row with the least worn one as soon as it is so many writes ahead of it.";
  }

  /**
   * When a row is exchanged.
   *
   * @param lead writes that a row may be ahead of the least worn one
   */
  public record Settings(
      @Setting(
              about = "How far a row may be ahead of the least worn one.",
              unit = "writes",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "8")
          int lead) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    return StateBits.mapAndCounters(array.physicalRows(), iterations);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    int lead = settings.lead;
    return new Leveller() {
      @Override
      public void afterWrite(int logicalRow) {
        int written = array.physicalRow(logicalRow);
        int leastWorn = array.leastWornRow();
        if (leastWorn != written && array.wear(written) - array.wear(leastWorn) >= lead) {
          array.exchange(leastWorn, written);
        }
      }
    };
  }
}
