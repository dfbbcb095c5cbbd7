package org.sgsars.standalone;

import org.sgsars.crossbar.core.CrossbarArray;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.Selection;

/** What an iteration of levelling does to the cells. */
final class CellWrites {
  private CellWrites() {}

  static void write(CrossbarArray crossbar, Selection selection, RowArray.IterationWrites writes) {
    if (selection instanceof Selection.Cells single) {
      crossbar.updateCells(writes.physicalRows(), single.columns());
    } else if (selection instanceof Selection.All) {
      crossbar.updateAll();
    } else {
      crossbar.updateRows(writes.physicalRows());
    }
    crossbar.level(writes.levellingRows());
    crossbar.move(writes.movedLogicalRows(), writes.movedToPhysicalRows());
  }
}
