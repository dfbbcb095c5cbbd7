package org.sgsars.device;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.random.RandomStream;

/**
 * One device with its cells. A cell's endurance is drawn by where it physically is, from the seed:
 * the same for every scenario, whoever asks, in whatever order. It is written as a number below
 * {@link #DRAWS}, of which a smaller one means less endurance; so cells compare without computing
 * their writes.
 *
 * <p>A weight is {@link #cellsPerWeight} cells, which are written together. Cells of a row count
 * on: cell k of the weight in column c is number {@code c * cellsPerWeight + k}.
 */
public final class Device {
  /** Draws are whole numbers from 0 up to this, all equally likely. */
  public static final long DRAWS = 1L << 53;

  private static final double MOST_WRITES = 1e18;
  private static final long ANY_SEED = 0;
  private static final long STEP = 0x9E37_79B9_7F4A_7C15L;
  private static final long STUCK = 0xA076_1D64_78BD_642FL;
  private static final long WORN = 0xE703_7ED1_A0B4_28DBL;

  /** What a cell that no longer switches is stuck at. */
  public enum StuckAt {
    /** What it was last written to. */
    VALUE,
    LOW_RESISTANCE,
    HIGH_RESISTANCE
  }

  private final String kind;
  private final Endurance endurance;
  private final DeviceSettings settings;
  private final RandomStream cells;
  private final int cellsPerWeight;
  private final WriteCost cost;
  private final long stuckLow;
  private final long stuck;

  private Device(String kind, Endurance endurance, DeviceSettings settings, long runSeed) {
    this.kind = kind;
    this.endurance = endurance;
    this.settings = settings;
    OptionalInt own = settings.cells().seed();
    this.cells = RandomStream.of(own.isPresent() ? own.getAsInt() : runSeed, "device");
    this.cellsPerWeight = settings.cells().weights().cells();
    this.cost = new WriteCost(settings.cells().writes(), cellsPerWeight);
    CellSettings.Failures failures = settings.cells().failures();
    this.stuckLow = Math.round(failures.stuckLow() * DRAWS);
    this.stuck = stuckLow + Math.round(failures.stuckHigh() * DRAWS);
  }

  static Device of(BoundDevice<?> bound, long runSeed) {
    try {
      return new Device(bound.kind(), bound.endurance(), bound.settings(), runSeed);
    } catch (RuntimeException | Error e) {
      throw PolicyFailure.of(PolicyFamily.DEVICE, bound.kind(), e);
    }
  }

  /**
   * The device of a scenario, if it has one.
   *
   * @throws IllegalArgumentException if there is none of that kind, or its settings are not allowed
   */
  public static Optional<Device> of(RunPlan plan, ScenarioPlan scenario, Policies policies) {
    return of(scenario, plan.seed(), policies);
  }

  /** The same, of a scenario of a run with this seed. */
  public static Optional<Device> of(ScenarioPlan scenario, long runSeed, Policies policies) {
    Optional<PolicyChoice> choice = scenario.device();
    return choice.map(
        device ->
            policies
                .require(PolicyFamily.DEVICE, device.kind(), DevicePolicy.class)
                .bind(device)
                .create(runSeed));
  }

  /** The same where it plays no part which cells are weak. */
  public static Optional<Device> of(ScenarioPlan scenario, Policies policies) {
    return of(scenario, ANY_SEED, policies);
  }

  /** Cells of a weight: 1, 2, or the slices of its bits. A write of the weight writes each once. */
  public int cellsPerWeight() {
    return cellsPerWeight;
  }

  /** Whether a worn-out cell keeps what it was last written to, whatever wrote that. */
  public boolean keepsLastValue() {
    return settings.cells().failures().wornAs() == CellSettings.WornAs.VALUE;
  }

  /** How cells hold a weight. */
  public WeightCells weightCells() {
    CellSettings.Weights weights = settings.cells().weights();
    return switch (weights.mapping()) {
      case ONE_CELL -> WeightCells.oneCell(weights.range());
      case DIFFERENTIAL_PAIR -> WeightCells.pair(weights.range());
      case BIT_SLICES -> WeightCells.slices(weights.range(), cellsPerWeight, weights.bitsOfCell());
    };
  }

  /** What writes cost. */
  public WriteCost cost() {
    return cost;
  }

  /**
   * The cells under a layer's array when the run began.
   *
   * @param name of the layer, which no other of the run has
   */
  public RandomStream layer(String name) {
    return cells.child(name);
  }

  /**
   * Where the draws of a physical row's cells begin.
   *
   * @param layer of {@link #layer}
   */
  public static long row(RandomStream layer, int physicalRow) {
    return layer.child(physicalRow).seed();
  }

  /**
   * Draw of a cell's endurance.
   *
   * @param row of {@link #row}
   * @param cell number of the cell in its row
   */
  public static long draw(long row, int cell) {
    return RandomStream.mix(row + (cell + 1) * STEP) >>> 11;
  }

  /** Writes of the weight that a cell of this draw survives; it fails at the next. */
  public long endurance(long draw) {
    return (long) Math.min(quantile((draw + 0.5) / DRAWS), MOST_WRITES);
  }

  /** The smallest draw whose cells survive so many writes: those below have failed by then. */
  public long firstSurviving(long writes) {
    long low = 0;
    long high = DRAWS;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (endurance(middle) >= writes) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /**
   * Writes of the weight that a share of the cells does not survive.
   *
   * @param share above 0 and below 1
   */
  public double quantile(double share) {
    try {
      return endurance.quantile(share) / cost.attempts();
    } catch (RuntimeException | Error e) {
      throw PolicyFailure.of(PolicyFamily.DEVICE, kind, e);
    }
  }

  /** Share of the cells that are stuck when fresh. */
  public double stuckShare() {
    return (double) stuck / DRAWS;
  }

  /** What a fresh cell is stuck at, if it is. */
  public Optional<StuckAt> stuckWhenFresh(long row, int cell) {
    if (stuck == 0) {
      return Optional.empty();
    }
    long draw = draw(row ^ STUCK, cell);
    if (draw >= stuck) {
      return Optional.empty();
    }
    return Optional.of(draw < stuckLow ? StuckAt.LOW_RESISTANCE : StuckAt.HIGH_RESISTANCE);
  }

  /** What a cell is stuck at once it is worn out. */
  public StuckAt stuckWhenWorn(long row, int cell) {
    return switch (settings.cells().failures().wornAs()) {
      case VALUE -> StuckAt.VALUE;
      case LOW -> StuckAt.LOW_RESISTANCE;
      case HIGH -> StuckAt.HIGH_RESISTANCE;
      case EITHER ->
          draw(row ^ WORN, cell) < DRAWS / 2 ? StuckAt.LOW_RESISTANCE : StuckAt.HIGH_RESISTANCE;
    };
  }

  /** Writes of whole weights that the weakest of some cells of a row survives. */
  public long weakest(long row, int firstColumn, int columns) {
    long least = DRAWS - 1;
    for (int cell = firstColumn * cellsPerWeight;
        cell < (firstColumn + columns) * cellsPerWeight;
        cell++) {
      if (stuckWhenFresh(row, cell).isEmpty()) {
        least = Math.min(least, draw(row, cell));
      }
    }
    return endurance(least);
  }

  /** Time of one pulse, in nanoseconds, if it is known. */
  public OptionalDouble pulseNs() {
    return settings.pulseNs();
  }

  /** Energy of one pulse of one cell, in picojoules, if it is known. */
  public OptionalDouble pulsePj() {
    return settings.pulsePj();
  }
}
