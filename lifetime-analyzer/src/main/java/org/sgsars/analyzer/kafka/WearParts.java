package org.sgsars.analyzer.kafka;

import java.util.List;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.wire.Wear;

/** Wear as it comes, as the core takes it. */
final class WearParts {
  private WearParts() {}

  static WearPart of(Wear wear) {
    List<Long> cells = wear.getCellWrites();
    return new WearPart(
        wear.getScenario(),
        wear.getLayer(),
        wear.getIterations(),
        new WearPart.Place(wear.getPart(), wear.getParts(), wear.getFirstRow()),
        new WearPart.RowCounts(
            WireModel.longs(wear.getRowWrites()),
            cells == null ? null : WireModel.longs(cells),
            WireModel.ints(wear.getLogicalToPhysical()),
            WireModel.ints(wear.getRowFailures())),
        new WearPart.Totals(
            wear.getMaxCellWrites(),
            wear.getUpdateCellWrites(),
            wear.getLevellingCellWrites(),
            wear.getUpdateRowTimes(),
            wear.getLevellingRowTimes(),
            wear.getStuckCells()),
        new WearPart.DeviceChanges(
            new WearPart.Changes(
                WireModel.longs(wear.getFailedAt()), WireModel.longs(wear.getFailedCells())),
            new WearPart.Changes(
                WireModel.longs(wear.getLostAt()), WireModel.longs(wear.getLostWeights()))),
        wear.getSelections().stream().map(WireModel::ints).toList());
  }
}
