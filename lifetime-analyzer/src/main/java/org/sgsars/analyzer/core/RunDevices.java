package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.sgsars.device.Device;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.random.RandomStream;

/**
 * The devices of a run, and what is worked out of each once, however many scenarios have it. Cells
 * are drawn by where they are, so the place of a row has the same ones in every scenario, however
 * many rows there are beside it.
 *
 * <p>What is kept is a law in steps for each device, two numbers of a row for each layer under it,
 * one of a column where single cells are written, and its wear when its first loss was projected
 * last. For one thread.
 */
final class RunDevices {
  private final RunPlan plan;
  private final Policies policies;
  private final Map<PolicyChoice, Device> devices = new HashMap<>();
  private final Map<Device, Projection.Endurance> endurances = new HashMap<>();
  private final Map<Rows, long[]> ofRows = new HashMap<>();
  private final Map<Columns, double[]> ofColumns = new HashMap<>();

  /** By layer, of the scenario that asked last. */
  private final Map<String, FirstLossTimes> firstLosses = new HashMap<>();

  /** All that a layer has on a device. */
  private record Rows(Device device, String layer) {}

  private record Columns(Device device, String layer, int physicalRows) {}

  /**
   * All that the first loss of a layer follows from that gives up failed rows.
   *
   * @param levelsByEndurance whether a leveller knows what rows survive
   * @param half the last look of the run's first half
   * @param last a later one
   */
  record FirstLossOf(
      Device device,
      ArrayShape array,
      boolean levelsByEndurance,
      CellLossProjection.Sample half,
      CellLossProjection.Sample last) {}

  private record FirstLossTimes(FirstLossOf of, double[] bySeed) {}

  /**
   * @param policies the devices that the run can name
   */
  RunDevices(RunPlan plan, Policies policies) {
    this.plan = plan;
    this.policies = policies;
  }

  /**
   * The device of a scenario that has one.
   *
   * @throws IllegalArgumentException if there is none of its kind, or its settings are not allowed
   */
  Device of(ScenarioPlan scenario) {
    return devices.computeIfAbsent(
        scenario.device().orElseThrow(),
        choice -> Device.of(plan, scenario, policies).orElseThrow());
  }

  /** How many of its cells survive how many writes. */
  Projection.Endurance endurance(Device device) {
    return endurances.computeIfAbsent(device, Projection.Endurance::new);
  }

  /**
   * Writes that the weakest working cell of each physical row of a layer survives. Not to be
   * changed.
   */
  long[] weakestOfRows(Device device, ArrayShape array) {
    int rows = array.physicalRows();
    long[] known =
        ofRows.compute(
            new Rows(device, array.layer().name()),
            (key, before) ->
                before != null && before.length >= rows
                    ? before
                    : extended(before == null ? new long[0] : before, device, array));
    return known.length == rows ? known : Arrays.copyOf(known, rows);
  }

  private static long[] extended(long[] known, Device device, ArrayShape array) {
    long[] rows = Arrays.copyOf(known, array.physicalRows());
    RandomStream cells = device.layer(array.layer().name());
    for (int row = known.length; row < rows.length; row++) {
      rows[row] = device.weakest(Device.row(cells, row), 0, array.layer().columns());
    }
    return rows;
  }

  /**
   * Writes that the places of weights in each column survive, all physical rows together; infinite
   * if one has no cell that works, as it cannot fail. Not to be changed.
   */
  double[] weakestOfColumns(Device device, ArrayShape array) {
    return ofColumns.computeIfAbsent(
        new Columns(device, array.layer().name(), array.physicalRows()),
        key -> sums(device, array));
  }

  /**
   * When a layer's first weight is lost, by seed: as in the scenario before, if the layer is worn
   * alike there. So it is in a sweep until its settings make a difference, which in the first
   * iterations they hardly do. Not to be changed.
   *
   * @param bySeed works it out
   */
  double[] firstLoss(FirstLossOf of, Supplier<double[]> bySeed) {
    String layer = of.array.layer().name();
    FirstLossTimes known = firstLosses.get(layer);
    if (known == null || !known.of.equals(of)) {
      known = new FirstLossTimes(of, bySeed.get());
      firstLosses.put(layer, known);
    }
    return known.bySeed;
  }

  private static double[] sums(Device device, ArrayShape array) {
    RandomStream cells = device.layer(array.layer().name());
    double[] sums = new double[array.layer().columns()];
    for (int row = 0; row < array.physicalRows(); row++) {
      long draws = Device.row(cells, row);
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
