package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.sgsars.device.Device;
import org.sgsars.device.DeviceCells;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;

/**
 * How many writes the places of a scenario's layers survive: as many as the weakest of their
 * working cells. Worked out once for each layer, as it takes a draw for every cell; nothing where
 * contents change crossbars, as a place has no cells of its own then, before the first wear, or
 * where it would take too long.
 */
final class WeakestCells {
  /** Cells of a layer that are drawn; some seconds. */
  private static final double MOST_DRAWS = 1 << 30;

  private final List<Device> devices;
  private final ScenarioPlan scenario;
  private final List<ArrayShape> arrays;
  private final Map<Integer, long[]> rows = new HashMap<>();
  private final Map<Integer, double[]> columns = new HashMap<>();

  /**
   * @param devices of each layer
   * @param arrays of each layer
   */
  WeakestCells(List<Device> devices, ScenarioPlan scenario, List<ArrayShape> arrays) {
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
        layer,
        index -> {
          ArrayShape array = arrays.get(index);
          long[] weakest = new long[array.physicalRows()];
          Device device = devices.get(index);
          DeviceCells cells = new DeviceCells(device, index, arrays);
          Arrays.setAll(weakest, row -> device.weakest(cells.row(row), 0, array.layer().columns()));
          return weakest;
        });
  }

  /**
   * Writes that the places of weights in each column survive, all physical rows together; infinite
   * if one has no cell that works, as it cannot fail. Empty if that is not known.
   */
  double[] ofColumns(LayerWear layer) {
    return isKnown(layer)
        ? columns.computeIfAbsent(layer.layer(), this::sumsOfColumns)
        : new double[0];
  }

  private double[] sumsOfColumns(int layer) {
    ArrayShape array = arrays.get(layer);
    Device device = devices.get(layer);
    DeviceCells cells = new DeviceCells(device, layer, arrays);
    double[] sums = new double[array.layer().columns()];
    for (int row = 0; row < array.physicalRows(); row++) {
      long draws = cells.row(row);
      for (int column = 0; column < sums.length; column++) {
        sums[column] +=
            works(device, draws, column)
                ? device.weakest(draws, column, 1)
                : Double.POSITIVE_INFINITY;
      }
    }
    return sums;
  }

  private static boolean works(Device device, long draws, int column) {
    int perWeight = device.cellsPerWeight();
    return IntStream.range(column * perWeight, (column + 1) * perWeight)
        .anyMatch(cell -> device.stuckWhenFresh(draws, cell).isEmpty());
  }
}
