package org.sgsars.leveller;

import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;

/**
 * Writes an updated row out of place: into the least worn free physical row instead of its own,
 * unless that is more worn. The update has to write the row anyhow, so moving it costs nothing; its
 * old place becomes free. Free rows are those that hold no weights: padding and spare rows.
 *
 * <p>Contents that are hardly ever written would keep their fresh places for ever. So when every
 * place the update could take, its own among them, is the gap ahead of the least worn occupied row,
 * the content of the latter moves to the most worn of those places, at the cost of one write, and
 * the update takes its place. An array without free rows has the updated row's own place, which
 * makes this an exchange that costs one write instead of two.
 *
 * <p>The gap is {@code gap} writes at first and then grows with the wear, as {@code relativeGap} of
 * it: a lead of 8 is much after 40 writes and nothing after 1000, and a smaller gap costs more
 * moves.
 *
 * <p>Where single cells are written, or all rows at once, rows are updated in place. Ties go to the
 * lowest physical row, and to free rows before the updated row's own.
 *
 * <p>This scheme is ours; flash translation layers update out of place because they have to.
 */
public final class OutOfPlaceLeveller implements LevellerPolicy<OutOfPlaceLeveller.Settings> {
  @Override
  public String kind() {
    return "out-of-place";
  }

  @Override
  public String summary() {
    return "Writes an updated row into the least worn free row (the padding) instead of its own. A layer without free rows has the place of the row that is being written. Single cells are written in place.";
  }

  /**
   * How far free rows may be ahead.
   *
   * @param gap writes that free rows may be ahead
   * @param relativeGap the same as a share of the least worn row's writes
   */
  public record Settings(
      @Setting(
              about =
                  "How far the free rows may be ahead before the coldest row gives its place back.",
              unit = "writes",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "8")
          int gap,
      @Setting(
              about = "The same; the larger of both counts.",
              unit = "share of the least worn row's writes",
              least = 0,
              most = 1,
              fallback = "0.0625")
          double relativeGap) {}

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
    return new FreeRows(array, settings.gap, settings.relativeGap);
  }

  private static final class FreeRows implements Leveller {
    private final RowArray array;
    private final int gap;
    private final double relativeGap;
    private final WearIndex leastWornFree;
    private final WearIndex mostWornFree;
    private final WearIndex leastWornOccupied;

    FreeRows(RowArray array, int gap, double relativeGap) {
      this.array = array;
      this.gap = gap;
      this.relativeGap = relativeGap;
      leastWornFree = array.track(row -> array.isFree(row) ? array.wear(row) : WearIndex.NO_PART);
      mostWornFree = array.track(row -> array.isFree(row) ? -array.wear(row) : WearIndex.NO_PART);
      leastWornOccupied =
          array.track(row -> array.holdsWeights(row) ? array.wear(row) : WearIndex.NO_PART);
    }

    @Override
    public void beforeWrite(int logicalRow) {
      int own = array.physicalRow(logicalRow);
      int free = leastWornFree.row();
      boolean hasFree = array.isFree(free);
      boolean moves = hasFree && array.wear(free) <= array.wear(own);
      int cold = leastWornOccupied.row();
      if (array.wear(moves ? free : own) - array.wear(cold) >= gapAt(cold)) {
        takePlaceOf(cold, logicalRow, hasFree);
      } else if (moves) {
        array.relocate(logicalRow, free);
      }
    }

    private double gapAt(int physicalRow) {
      return Math.max(gap, relativeGap * array.wear(physicalRow));
    }

    private void takePlaceOf(int cold, int logicalRow, boolean hasFree) {
      int worn = mostWornFree.row();
      if (hasFree && array.wear(worn) >= array.wear(array.physicalRow(logicalRow))) {
        array.exchange(worn, cold, false);
        // Where the worn row has failed meanwhile, the content may be back.
        if (array.isFree(cold)) {
          array.relocate(logicalRow, cold);
        }
      } else {
        array.displace(logicalRow, cold);
      }
    }
  }
}
