package org.sgsars.standalone;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.crossbar.core.ChangesOfCount;
import org.sgsars.crossbar.core.CrossbarArray;

/** What a layer's array came to since its wear was taken last, without a wire in between. */
final class ArrayWear {
  private final CrossbarArray crossbar;
  private final ChangesOfCount failures = new ChangesOfCount();
  private final ChangesOfCount losses = new ChangesOfCount();

  ArrayWear(CrossbarArray crossbar) {
    this.crossbar = crossbar;
  }

  /** Records what an iteration wore out and lost. */
  void record(long iteration) {
    failures.record(iteration, crossbar.failedCells());
    losses.record(iteration, crossbar.lostWeights());
    crossbar.drainFailures();
  }

  /**
   * The wear up to now; failures and losses since the last call.
   *
   * @param iterations done
   * @param selections of those since it was taken last, if they are reported
   */
  WearPart drain(int scenario, int layer, long iterations, List<int[]> selections) {
    WearPart part =
        new WearPart(
            scenario,
            layer,
            iterations,
            new WearPart.Place(0, 1, 0),
            new WearPart.RowCounts(
                crossbar.rowOperations(),
                cellWrites(),
                crossbar.logicalToPhysical(),
                crossbar.failedCells() == 0 ? new int[0] : crossbar.failedCellsByRow()),
            new WearPart.Totals(
                crossbar.maxCellWrites(),
                crossbar.updateCellWrites(),
                crossbar.levellingCellWrites(),
                crossbar.updateRowTimes(),
                crossbar.levellingRowTimes(),
                crossbar.stuckCells()),
            new WearPart.DeviceChanges(
                new WearPart.Changes(failures.iterations(), failures.counts()),
                new WearPart.Changes(losses.iterations(), losses.counts())),
            selections);
    failures.clear();
    losses.clear();
    return part;
  }

  private long @Nullable [] cellWrites() {
    if (!crossbar.hasCellWrites()) {
      return null;
    }
    int columns = crossbar.columns();
    long[] cells = new long[Math.multiplyExact(crossbar.physicalRows(), columns)];
    Arrays.setAll(cells, cell -> crossbar.cellWrites(cell / columns, cell % columns));
    return cells;
  }
}
