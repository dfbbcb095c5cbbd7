package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;

/**
 * Writes rows out of place, as {@link OutOfPlaceLeveller} does, and spends a fixed budget of extra
 * writes where they buy most. Levelling never writes more than {@code budget} per update, whatever
 * the selections; within it wear is kept as even as the budget allows.
 *
 * <p>An update goes into the least worn free row if that is not more worn than its own, at no cost.
 * A <em>move</em> costs one write: the content of a cold place gives way to the update and takes
 * the most worn place instead that the update could have left or taken. It happens when
 *
 * <ul>
 *   <li>the budget has room for it;
 *   <li>the place the update would take otherwise is a <em>gap</em> ahead of the cold place. The
 *       gap is {@code gap} writes or {@code relativeGap} of the mean wear, whichever is more, and
 *       up to eight times that as the saved-up budget runs out, so that a short budget goes to the
 *       largest differences;
 *   <li>and, where no free row would do, the updated row is hotter than the mean and its place half
 *       a gap above the mean wear. A cold content in a worn place needs no move: the others catch
 *       up.
 * </ul>
 *
 * <p>The cold place is the one of least wear plus heat, where a content's heat is its update rate
 * over the mean rate, at most 2, times the gap: so a fresh place that a hot row has just taken is
 * not taken from it again. Rates and heat are found at a content's own updates. Ties go to the
 * lowest physical row.
 *
 * <p>This scheme is ours.
 */
public final class PacedLeveller implements LevellerPolicy<PacedLeveller.Settings> {
  /** By how much the gap grows, as a multiple, when no budget is saved up. */
  private static final double SHORT_BUDGET_GROWTH = 7;

  /** Saved-up budget, as a share of what one write per row would bring, from which it is ample. */
  private static final double AMPLE_SHARE = 0.25;

  private static final double MOST_HEAT = 2;

  @Override
  public String kind() {
    return "paced";
  }

  @Override
  public String summary() {
    return "Writes updated rows out of place too, with moves of cold rows only as far as a budget of extra writes goes, where they are worth most.";
  }

  /**
   * What levelling may write, and how far places may be ahead.
   *
   * @param gap writes that places may be ahead
   * @param relativeGap the same as a share of the mean wear
   * @param budget levelling writes per update
   */
  public record Settings(
      @Setting(
              about =
                  "How far places are ahead at least before a cold row gives way; up to eight times as much when no budget is saved.",
              unit = "writes",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "2")
          int gap,
      @Setting(
              about = "The same; the larger of both counts.",
              unit = "share of the mean wear",
              least = 0,
              most = 1,
              fallback = "0.03125")
          double relativeGap,
      @Setting(
              about = "Most that levelling may write.",
              unit = "levelling writes per update",
              least = 0,
              most = 1,
              fallback = "0.09")
          double budget) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    // A row map, a counter of writes and one of updates per row, and the heat.
    double mean = (double) iterations / array.physicalRows();
    double gap = Math.max(settings.gap, settings.relativeGap * mean);
    int heat = StateBits.counter(Math.round(MOST_HEAT * (1 + SHORT_BUDGET_GROWTH) * gap));
    int perRow = StateBits.index(array.physicalRows()) + 2 * StateBits.counter(iterations) + heat;
    return OptionalLong.of((long) array.physicalRows() * perRow);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    return new Paced(array, settings.gap, settings.relativeGap, settings.budget);
  }

  private static final class Paced implements Leveller {
    private final RowArray array;
    private final int gap;
    private final double relativeGap;
    private final double budget;
    private final WearIndex leastWornFree;
    private final WearIndex mostWornFree;
    private final WearIndex coldest;
    private final WearIndex mostWorn;

    /** Per logical row that holds weights. */
    private final long[] updates;

    private final long[] heat;
    private long allUpdates;
    private long moves;

    Paced(RowArray array, int gap, double relativeGap, double budget) {
      this.array = array;
      this.gap = gap;
      this.relativeGap = relativeGap;
      this.budget = budget;
      this.updates = new long[array.logicalRows()];
      this.heat = new long[array.logicalRows()];
      leastWornFree = array.track(row -> array.isFree(row) ? array.wear(row) : WearIndex.NO_PART);
      mostWornFree = array.track(row -> array.isFree(row) ? -array.wear(row) : WearIndex.NO_PART);
      mostWorn = array.track(row -> array.isRetired(row) ? WearIndex.NO_PART : -array.wear(row));
      coldest =
          array.track(
              row ->
                  array.holdsWeights(row)
                      ? array.wear(row) + heat[array.logicalRow(row)]
                      : WearIndex.NO_PART);
    }

    @Override
    public void beforeWrite(int logicalRow) {
      updates[logicalRow]++;
      allUpdates++;
      double meanWear = (double) (array.allWear() + 1) / array.workingRows();
      double heatRate = Math.min(MOST_HEAT, rate(logicalRow));
      double wanted = gapAt(meanWear);
      // The write that follows tells the order of places that this row's key has changed.
      heat[logicalRow] = Math.round(heatRate * wanted);

      int own = array.physicalRow(logicalRow);
      int free = leastWornFree.row();
      boolean costsNothing = array.isFree(free) && array.wear(free) <= array.wear(own);
      int cold = coldest.row();
      long lead = array.wear(costsNothing ? free : own) - array.wear(cold);
      boolean worthIt = costsNothing || (heatRate > 1 && array.wear(own) >= meanWear + wanted / 2);
      if (cold != own && lead >= wanted && worthIt && moves + 1 <= budget * allUpdates) {
        takePlaceOf(cold, logicalRow);
      } else if (costsNothing) {
        array.relocate(logicalRow, free);
      }
    }

    /** How often a row is updated, over the mean of the rows that hold weights. */
    private double rate(int logicalRow) {
      return (double) updates[logicalRow] * updates.length / allUpdates;
    }

    private double gapAt(double meanWear) {
      double saved = budget * allUpdates - moves;
      double ample = budget * array.physicalRows() * AMPLE_SHARE;
      double lacking = ample > 0 ? Math.max(0, 1 - saved / ample) : 1;
      return Math.max(gap, relativeGap * meanWear) * (1 + SHORT_BUDGET_GROWTH * lacking);
    }

    private void takePlaceOf(int cold, int logicalRow) {
      moves++;
      int own = array.physicalRow(logicalRow);
      int worn = mostWornFree.row();
      if (!array.isFree(worn) || array.wear(worn) < array.wear(own)) {
        array.displace(logicalRow, cold);
        return;
      }
      // A row of the most writes would only raise them; among free rows another does as well.
      boolean raisesTheMost = array.wear(worn) >= array.wear(mostWorn.row());
      array.exchange(raisesTheMost ? leastWornFree.row() : worn, cold, false);
      // Where the other row has failed meanwhile, the content may be back.
      if (array.isFree(cold)) {
        array.relocate(logicalRow, cold);
      }
    }

    @Override
    public void save(DataOutput out) throws IOException {
      out.writeLong(allUpdates);
      out.writeLong(moves);
      for (int row = 0; row < updates.length; row++) {
        out.writeLong(updates[row]);
        out.writeLong(heat[row]);
      }
    }

    @Override
    public void restore(DataInput in) throws IOException {
      allUpdates = in.readLong();
      moves = in.readLong();
      for (int row = 0; row < updates.length; row++) {
        updates[row] = in.readLong();
        heat[row] = in.readLong();
      }
      coldest.rebuild();
    }
  }
}
