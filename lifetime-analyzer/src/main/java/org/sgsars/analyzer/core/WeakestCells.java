package org.sgsars.analyzer.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sgsars.device.Device;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;

/**
 * How many writes the places of a scenario's layers survive: as many as the weakest of their
 * working cells. Worked out once for each layer of a run, as it takes a draw for every cell;
 * nothing where contents change crossbars, as a place has no cells of its own then, before the
 * first wear, or where it would take too long.
 */
final class WeakestCells {
  /** Cells of a layer that are drawn; some seconds. */
  private static final double MOST_DRAWS = 1 << 30;

  private final RunDevices ofRun;
  private final List<Device> devices;
  private final ScenarioPlan scenario;
  private final List<ArrayShape> arrays;
  private final Map<Integer, long[]> rows = new HashMap<>();

  /**
   * @param ofRun which works it out
   * @param devices of each layer
   * @param arrays of each layer
   */
  WeakestCells(
      RunDevices ofRun, List<Device> devices, ScenarioPlan scenario, List<ArrayShape> arrays) {
    this.ofRun = ofRun;
    this.devices = devices;
    this.scenario = scenario;
    this.arrays = arrays;
  }

  private boolean isKnown(LayerWear layer) {
    ArrayShape array = arrays.get(layer.layer());
    // A manifest can ask for more cells than there is time for, and no wear need ever follow.
    double draws =
        (double) array.physicalRows()
            * array.layer().columns()
            * devices.get(layer.layer()).cellsPerWeight();
    return scenario.crossLayer().isEmpty() && layer.iterations() > 0 && draws <= MOST_DRAWS;
  }

  /** Writes that each physical row survives; empty if that is not known. */
  long[] ofRows(LayerWear layer) {
    return isKnown(layer) ? ofRows(layer.layer()) : new long[0];
  }

  /** The same of a layer that has had some wear, however many cells that is. */
  long[] ofRows(int layer) {
    return rows.computeIfAbsent(
        layer, index -> ofRun.weakestOfRows(devices.get(index), arrays.get(index)));
  }

  /**
   * Writes that the places of weights in each column survive, all physical rows together; infinite
   * if one has no cell that works, as it cannot fail. Empty if that is not known.
   */
  double[] ofColumns(LayerWear layer) {
    int index = layer.layer();
    return isKnown(layer)
        ? ofRun.weakestOfColumns(devices.get(index), arrays.get(index))
        : new double[0];
  }
}
