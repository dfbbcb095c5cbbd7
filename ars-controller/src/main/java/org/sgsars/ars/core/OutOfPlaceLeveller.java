package org.sgsars.ars.core;

import java.util.List;
import org.sgsars.contract.model.Settings;
import org.sgsars.contract.policy.Parameter;

/**
 * Writes an updated row out of place: into the least worn free physical row instead of its own,
 * unless that is more worn. The update has to write the row anyhow, so moving it costs nothing; its
 * old place becomes free. Free rows are those that hold no weights: the padding.
 *
 * <p>Contents that are hardly ever written would keep their fresh places for ever. So when even the
 * least worn free row is {@code gap} writes ahead of the least worn occupied one, the content of
 * the latter moves to the most worn free row, at the cost of one write, and gives its place back.
 *
 * <p>Where single cells are written, or all rows at once, rows are updated in place. Ties go to the
 * lowest physical row.
 */
public final class OutOfPlaceLeveller implements LevellerPolicy {
  private static final String GAP = "gap";

  @Override
  public String kind() {
    return "out-of-place";
  }

  @Override
  public String summary() {
    return "Writes an updated row into the least worn free row instead of its own.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.wholeNumber(
            GAP, 8, 1, "writes", "How far free rows may be ahead before a cold row gives way."));
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    return new FreeRows(array, settings.wholeNumber(GAP));
  }

  private static final class FreeRows implements Leveller {
    private final RowArray array;
    private final int gap;
    private final LeastWornRow leastWornFree;
    private final LeastWornRow mostWornFree;
    private final LeastWornRow leastWornOccupied;

    FreeRows(RowArray array, int gap) {
      this.array = array;
      this.gap = gap;
      int rows = array.physicalRows();
      leastWornFree =
          new LeastWornRow(
              rows, row -> array.isFree(row) ? array.writes(row) : LeastWornRow.NO_PART);
      mostWornFree =
          new LeastWornRow(
              rows, row -> array.isFree(row) ? -array.writes(row) : LeastWornRow.NO_PART);
      leastWornOccupied =
          new LeastWornRow(
              rows, row -> array.isFree(row) ? LeastWornRow.NO_PART : array.writes(row));
    }

    @Override
    public void restored() {
      leastWornFree.rebuild();
      mostWornFree.rebuild();
      leastWornOccupied.rebuild();
    }

    private void changed(int physicalRow) {
      leastWornFree.changed(physicalRow);
      mostWornFree.changed(physicalRow);
      leastWornOccupied.changed(physicalRow);
    }

    @Override
    public void beforeWrite(int logicalRow) {
      if (!array.isFree(leastWornFree.row())) {
        // Without padding there is no free row at all.
        return;
      }
      giveBackAColdPlace();
      int own = array.physicalRow(logicalRow);
      int free = leastWornFree.row();
      if (array.writes(free) <= array.writes(own)) {
        array.relocate(logicalRow, free);
        changed(own);
        changed(free);
      }
    }

    private void giveBackAColdPlace() {
      int cold = leastWornOccupied.row();
      if (array.writes(leastWornFree.row()) - array.writes(cold) >= gap) {
        int worn = mostWornFree.row();
        array.exchange(worn, cold, false);
        changed(worn);
        changed(cold);
      }
    }

    @Override
    public void afterWrite(int logicalRow) {
      changed(array.physicalRow(logicalRow));
    }
  }
}
