package org.sgsars.leveller;

import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;

/**
 * Exchanges every written row with the physical row of fewest writes, the lowest index among
 * equals, unless it is that row itself: the authors' second optimizer. Both rows are written once;
 * the authors' code counts the least worn one only, which {@code countBothRows: false} does too.
 */
public final class LruSwapLeveller implements LevellerPolicy<LruSwapLeveller.Settings> {
  @Override
  public String kind() {
    return "lru-swap";
  }

  @Override
  public String summary() {
    return "Exchanges every written row with the least worn one (the authors' second optimizer).";
  }

  /**
   * What an exchange counts.
   *
   * @param countBothRows whether an exchange wears both rows
   */
  public record Settings(
      @Setting(
              about =
                  "Whether an exchange wears both rows, or (as the authors' code counts) the least worn one only.",
              fallback = "true")
          boolean countBothRows) {}

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
    boolean countsBoth = settings.countBothRows;
    return new Leveller() {
      @Override
      public void afterWrite(int logicalRow) {
        int written = array.physicalRow(logicalRow);
        int leastWorn = array.leastWornRow();
        if (leastWorn != written) {
          array.exchange(leastWorn, written, countsBoth);
        }
      }
    };
  }
}
