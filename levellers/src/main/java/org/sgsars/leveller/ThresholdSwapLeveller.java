package org.sgsars.leveller;

import java.util.List;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/**
 * Exchanges a written row with the least worn one as soon as it is {@code lead} writes ahead of it,
 * the lowest index among equals. Both rows are written once. Unlike a round every so often it never
 * comes too late, and unlike {@link LruSwapLeveller} it leaves rows alone that wear evenly.
 */
public final class ThresholdSwapLeveller implements LevellerPolicy {
  private static final String LEAD = "lead";

  @Override
  public String kind() {
    return "threshold-swap";
  }

  @Override
  public String summary() {
    return "Exchanges a written row with the least worn one when it is so many writes ahead.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.wholeNumber(
            LEAD, 8, 1, MOST_INTERVAL, "writes", "How far a row may be ahead of the others."));
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    return StateBits.mapAndCounters(array.physicalRows(), iterations);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    int lead = settings.wholeNumber(LEAD);
    return new Leveller() {
      @Override
      public void afterWrite(int logicalRow) {
        int written = array.physicalRow(logicalRow);
        int leastWorn = array.leastWornRow();
        if (leastWorn != written && array.writes(written) - array.writes(leastWorn) >= lead) {
          array.exchange(leastWorn, written);
        }
      }
    };
  }
}
