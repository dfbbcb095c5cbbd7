package org.sgsars.device;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.sgsars.policy.Setting;
import org.sgsars.policy.SettingsType;

/**
 * What every device takes: how its cells hold weights, fail and are written.
 *
 * @param seed draws the cells, instead of the run's seed
 * @param weights how cells hold a weight
 * @param failures what fresh and worn-out cells are stuck at
 * @param writes how a cell is written
 */
public record CellSettings(
    @Setting(
            about = "Draws the cells. The same in all scenarios.",
            least = 0,
            most = Integer.MAX_VALUE,
            absent = "the run's seed")
        OptionalInt seed,
    Weights weights,
    Failures failures,
    Writes writes) {
  private static final int DEFAULT_WEIGHT_BITS = 8;
  private static final int DEFAULT_CELL_BITS = 2;
  private static final double DEFAULT_WEIGHT_RANGE = 4;

  /** What an experiment has that says nothing of them. */
  public static CellSettings defaults() {
    return SettingsType.of(CellSettings.class).bind(Map.of());
  }

  /** The same of a device whose worn-out cells are known to be stuck at something. */
  static CellSettings wornAs(WornAs wornAs) {
    return SettingsType.of(CellSettings.class).bind(Map.of("wornAs", SettingsType.key(wornAs)));
  }

  /** Which cells are a weight. */
  public enum Mapping {
    ONE_CELL,
    /** Two cells whose difference counts. */
    DIFFERENTIAL_PAIR,
    /** A cell for each slice of the weight's bits. */
    BIT_SLICES
  }

  /** What worn-out cells are stuck at. */
  public enum WornAs {
    /** What it was last written to. */
    VALUE,
    /** Low resistance. */
    LOW,
    /** High resistance. */
    HIGH,
    /** Low or high resistance, at random. */
    EITHER
  }

  /**
   * How cells hold a weight.
   *
   * @param mapping which cells are a weight
   * @param weightBits bits of a weight in bit slices
   * @param cellBits bits of a slice
   * @param weightRange largest minus smallest weight, in a training
   */
  public record Weights(
      @Setting(
              about =
                  "What a weight is: one cell, two whose difference counts, or one per slice of its bits. A write of the weight writes them all.",
              fallback = "one-cell")
          Mapping mapping,
      @Setting(
              about = "With bit-slices: bits of a weight. None has more than a float32.",
              unit = "bits",
              least = 1,
              most = 32,
              absent = "8")
          OptionalInt weightBits,
      @Setting(
              about =
                  "With bit-slices: bits of a cell, at most those of a weight. No cell was shown to hold more than 256 levels apart.",
              unit = "bits",
              least = 1,
              most = 8,
              absent = "2, or what a weight has if that is less")
          OptionalInt cellBits,
      @Setting(
              about =
                  "In a training: largest minus smallest weight that cells hold, evenly around 0; what goes beyond is clipped.",
              least = 1e-6,
              most = 1e6,
              absent = "4")
          OptionalDouble weightRange) {

    /** Bits of a weight in bit slices. */
    int bitsOfWeight() {
      return weightBits.orElse(DEFAULT_WEIGHT_BITS);
    }

    /** Bits of a slice; one that is not given has no more than the weight. */
    int bitsOfCell() {
      return cellBits.orElse(Math.min(DEFAULT_CELL_BITS, bitsOfWeight()));
    }

    /** Largest minus smallest weight that cells hold. */
    double range() {
      return weightRange.orElse(DEFAULT_WEIGHT_RANGE);
    }

    /** Cells of a weight: 1, 2, or the slices of its bits. */
    int cells() {
      return switch (mapping) {
        case ONE_CELL -> 1;
        case DIFFERENTIAL_PAIR -> 2;
        case BIT_SLICES -> (bitsOfWeight() + bitsOfCell() - 1) / bitsOfCell();
      };
    }
  }

  /**
   * What cells are stuck at.
   *
   * @param stuckLow share of fresh cells that are stuck at low resistance
   * @param stuckHigh share of fresh cells that are stuck at high resistance
   * @param wornAs what a worn-out cell is stuck at
   */
  public record Failures(
      @Setting(
              about = "Fresh cells that are stuck at low resistance.",
              unit = "share of cells",
              least = 0,
              most = 1,
              fallback = "0")
          double stuckLow,
      @Setting(
              about = "Fresh cells that are stuck at high resistance.",
              unit = "share of cells",
              least = 0,
              most = 1,
              fallback = "0")
          double stuckHigh,
      @Setting(
              about =
                  "What a worn-out cell is stuck at: its last value, low or high resistance, or either of these at random.",
              fallback = "value")
          WornAs wornAs) {}

  /**
   * How a cell is written.
   *
   * @param writeFailure share of a cell's writes that fail for the moment
   * @param retries how often such a write is tried again
   * @param pulses pulses of one write, on average
   * @param pulseSpread their standard deviation, from cell to cell
   */
  public record Writes(
      @Setting(
              about = "Cell writes that fail for the moment and are tried again.",
              unit = "share of writes",
              least = 0,
              most = 1,
              fallback = "0")
          double writeFailure,
      @Setting(
              about =
                  "How often a write that failed is tried again. Each attempt takes its pulses and wears the cell.",
              unit = "writes",
              least = 0,
              most = 1000,
              fallback = "3")
          int retries,
      @Setting(
              about = "Pulses of one write, on average.",
              unit = "pulses",
              least = 1,
              most = 1_000_000,
              fallback = "1")
          int pulses,
      @Setting(
              about =
                  "Standard deviation of the pulses of a cell's write; a row waits for its slowest cell.",
              unit = "pulses",
              least = 0,
              most = 1_000_000,
              fallback = "0")
          double pulseSpread) {}

  /** What is wrong with a combination of settings that are each right, or nothing. */
  Optional<String> problem() {
    boolean hasBits = weights.weightBits.isPresent() || weights.cellBits.isPresent();
    if (weights.mapping != Mapping.BIT_SLICES && hasBits) {
      return Optional.of(
          "weightBits and cellBits are for mapping: bit-slices; leave them out, or set the mapping");
    }
    if (weights.bitsOfCell() > weights.bitsOfWeight()) {
      return Optional.of(
          "cellBits: %d is more than the %d bits of a weight; allowed: at most those"
              .formatted(weights.bitsOfCell(), weights.bitsOfWeight()));
    }
    if (failures.stuckLow + failures.stuckHigh > 1) {
      return Optional.of("stuckLow and stuckHigh are shares of all cells; together at most 1");
    }
    return Optional.empty();
  }
}
