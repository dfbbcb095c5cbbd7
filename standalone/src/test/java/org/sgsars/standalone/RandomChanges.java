package org.sgsars.standalone;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.sgsars.crossbar.core.CrossbarArray;
import org.sgsars.crossbar.core.ProgrammedWeights;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;

/** Changes of weights that are drawn, exact in float32 however they are added. */
final class RandomChanges {
  private RandomChanges() {}

  /**
   * Changes what an iteration has written, in the crossbar and beside it.
   *
   * @param crossbar whose failures of the iteration are taken
   * @param writes where the iteration wrote
   * @param expected row by row, what every weight is
   */
  static void program(
      LayerShape shape,
      ProgrammedWeights weights,
      CrossbarArray crossbar,
      Selection selection,
      RowArray.IterationWrites writes,
      float[] expected,
      SplittableRandom random) {
    boolean areCells = selection instanceof Selection.Cells;
    int[] places =
        selection instanceof Selection.All ? weights.places(shape.rows()) : writes.physicalRows();
    List<int[]> changed = new ArrayList<>();
    selection.forEachCell(
        shape,
        (i, row, column) ->
            changed.add(new int[] {row, places[areCells ? i : i / shape.columns()], column}));
    float[] changes = new float[changed.size()];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = (random.nextInt(9) - 4) * 0x1p-20f;
      expected[changed.get(i)[0] * shape.columns() + changed.get(i)[2]] += changes[i];
    }
    weights.write(
        crossbar.drainFailures().failures(),
        part(changed, 0),
        part(changed, 1),
        part(changed, 2),
        changes,
        writes.movedLogicalRows(),
        writes.movedToPhysicalRows());
  }

  private static int[] part(List<int[]> of, int index) {
    return of.stream().mapToInt(cell -> cell[index]).toArray();
  }
}
