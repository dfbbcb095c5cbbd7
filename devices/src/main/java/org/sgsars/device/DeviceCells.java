package org.sgsars.device;

import java.util.List;
import java.util.Optional;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.random.RandomStream;

/** The device's cells under one layer. */
public final class DeviceCells {
  private final Device device;
  private final int layer;
  private final List<ArrayShape> arrays;
  private final List<RandomStream> cells;

  /**
   * @param layer index of the layer among the arrays
   * @param arrays of all layers whose contents may change crossbars with it, in order
   */
  public DeviceCells(Device device, int layer, List<ArrayShape> arrays) {
    this.device = device;
    this.layer = layer;
    this.arrays = List.copyOf(arrays);
    this.cells = arrays.stream().map(array -> device.layer(array.layer().name())).toList();
  }

  /**
   * The cells under a layer in a scenario, if it has a device there.
   *
   * @param scenario as the run has it
   * @throws IllegalArgumentException if there is no device of its kind
   */
  public static Optional<DeviceCells> of(
      RunPlan plan, ScenarioPlan scenario, int layer, Policies policies) {
    ScenarioPlan own = scenario.forLayer(layer);
    return Device.of(plan, own, policies)
        .map(
            device ->
                // Contents that stay in their layer never meet the crossbars of others.
                scenario.crossLayer().isEmpty()
                    ? new DeviceCells(device, 0, List.of(own.array(plan.layers().get(layer))))
                    : new DeviceCells(device, layer, scenario.arrays(plan.layers())));
  }

  /** The device. */
  public Device device() {
    return device;
  }

  /** Where the draws of a physical row of the layer's own array begin, as {@link Device#row}. */
  public long row(int physicalRow) {
    return Device.row(cells.get(layer), physicalRow);
  }

  /** The layer's array. */
  public ArrayShape array() {
    return arrays.get(layer);
  }

  /** Number of the layer's first crossbar among those of these arrays. */
  public int firstTile() {
    return Math.toIntExact(
        arrays.subList(0, layer).stream().mapToLong(ArrayShape::tileCount).sum());
  }

  /**
   * Where the draws of a row of a crossbar begin, and with which column.
   *
   * @param row of {@link Device#row}
   * @param firstColumn number of the crossbar's first column among those of the row's draws
   */
  public record TileRow(long row, int firstColumn) {}

  /**
   * @param physicalTile number among the crossbars of these arrays, in their order
   * @param rowInTile row of the crossbar
   * @throws IllegalArgumentException if there is no such crossbar
   */
  public TileRow tileRow(int physicalTile, int rowInTile) {
    int tile = physicalTile;
    for (int home = 0; home < arrays.size() && tile >= 0; home++) {
      ArrayShape array = arrays.get(home);
      if (tile < array.tiles()) {
        int size = array.crossbarSize();
        int row = array.firstRow(tile) + rowInTile;
        return new TileRow(Device.row(cells.get(home), row), tile % array.tileColumns() * size);
      }
      tile -= array.tiles();
    }
    throw new IllegalArgumentException(
        "crossbar %d is outside [0, %d)"
            .formatted(physicalTile, arrays.stream().mapToLong(ArrayShape::tileCount).sum()));
  }
}
