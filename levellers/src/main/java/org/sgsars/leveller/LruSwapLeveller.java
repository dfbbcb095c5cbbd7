package org.sgsars.leveller;

import java.util.List;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/**
 * Exchanges every written row with the physical row of fewest writes, the lowest index among
 * equals, unless it is that row itself: the authors' second optimizer. Both rows are written once;
 * the authors' code counts the least worn one only, which {@code countBothRows: false} does too.
 */
public final class LruSwapLeveller implements LevellerPolicy {
  private static final String COUNT_BOTH_ROWS = "countBothRows";

  @Override
  public String kind() {
    return "lru-swap";
  }

  @Override
  public String summary() {
    return "Exchanges every written row with the least worn one (the authors' second optimizer).";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.flag(
            COUNT_BOTH_ROWS,
            true,
            "Whether an exchange wears both rows, as it does, or the least worn one only."));
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    return StateBits.mapAndCounters(array.physicalRows(), iterations);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    boolean countsBoth = settings.flag(COUNT_BOTH_ROWS);
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
