package org.sgsars.leveller;

import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;

/**
 * Levels how much of its life each row has behind it, its writes divided by its endurance, so that
 * weak rows get fewer writes and all wear out together. A row that is about to be written, and has
 * {@code lead} writes of an average row more behind it than the freshest row, is written there
 * instead, and what lay there moves to its old place (one write, none if it held no weights). Ties
 * go to the lowest row. Where single cells or all rows are written, the two exchange places
 * afterwards (two writes).
 *
 * <p>The rows' endurance comes from the device, as if the fresh crossbars had been tested: that of
 * a row's weakest cell.
 *
 * @see <a href="https://doi.org/10.1145/2024724.2024939">wear-rate levelling, DAC 2011</a>, whose
 *     measure this is; when and how rows move is ours
 */
public final class WearRateLeveller implements LevellerPolicy<WearRateLeveller.Settings> {
  /** Bits of an endurance, to three digits: a byte each of exponent and fraction. */
  private static final int ENDURANCE_BITS = 16;

  @Override
  public String kind() {
    return "wear-rate";
  }

  @Override
  public String summary() {
    return "Writes a row that has more of its life behind it than the freshest (writes over endurance, counted in writes of a mean row) into that one, whose content moves to the old place. Needs a device; a row endures what its weakest cell does.";
  }

  @Override
  public boolean needsDevice() {
    return true;
  }

  @Override
  public boolean levelsByEndurance() {
    return true;
  }

  /**
   * When a row is moved.
   *
   * @param lead writes of a mean row that a row may be ahead of the freshest
   */
  public record Settings(
      @Setting(
              about = "How far a row of mean endurance may be ahead of the freshest.",
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
    int rows = array.physicalRows();
    long perRow = StateBits.index(rows) + StateBits.counter(iterations) + (long) ENDURANCE_BITS;
    return OptionalLong.of(rows * perRow);
  }

  /**
   * @throws IllegalArgumentException if no device is modelled
   */
  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    return new ByLifeUsed(array, settings.lead);
  }

  private static final class ByLifeUsed implements Leveller {
    private final RowArray array;
    private final int lead;
    private final WearIndex freshest;

    ByLifeUsed(RowArray array, int lead) {
      this.array = array;
      this.lead = lead;
      // Numbers from 0 on are in the order of their bits.
      this.freshest =
          array.track(
              row ->
                  array.isRetired(row)
                      ? WearIndex.NO_PART
                      : Double.doubleToRawLongBits(used(array, row)));
    }

    private static double used(RowArray array, int row) {
      return (double) array.writes(row) / array.endurance(row);
    }

    private boolean isAhead(int row, int other) {
      return (used(array, row) - used(array, other)) * array.meanEndurance() >= lead;
    }

    @Override
    public void beforeWrite(int logicalRow) {
      int place = array.physicalRow(logicalRow);
      int target = freshest.row();
      if (target == place || !isAhead(place, target)) {
        return;
      }
      array.remapTo(logicalRow, target);
    }

    @Override
    public void afterWrite(int logicalRow) {
      int place = array.physicalRow(logicalRow);
      int target = freshest.row();
      if (target != place && isAhead(place, target)) {
        array.exchange(target, place);
      }
    }
  }
}
