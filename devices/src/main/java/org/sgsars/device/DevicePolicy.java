package org.sgsars.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** A kind of device that experiments can name. */
public interface DevicePolicy extends Policy {
  /** Time of one write pulse; absent where no source gives it. */
  String PULSE_NS = "pulseNs";

  /** Energy of one write pulse of one cell; absent where no source gives it. */
  String PULSE_PJ = "pulsePj";

  String SEED = "seed";
  String MAPPING = "mapping";
  String WEIGHT_BITS = "weightBits";
  String CELL_BITS = "cellBits";
  String WEIGHT_RANGE = "weightRange";
  String STUCK_LOW = "stuckLow";
  String STUCK_HIGH = "stuckHigh";
  String WORN_AS = "wornAs";
  String WRITE_FAILURE = "writeFailure";
  String RETRIES = "retries";
  String PULSES = "pulses";
  String PULSE_SPREAD = "pulseSpread";

  /** A weight is one cell, a pair of cells whose difference counts, or slices of its bits. */
  String ONE_CELL = "one-cell";

  /** Bits of a weight that hardware for training has at most: those of a float32. */
  int MOST_WEIGHT_BITS = 32;

  /** Bits of a cell: no cell was shown to hold more than 256 levels apart. */
  int MOST_CELL_BITS = 8;

  /** Tries of a write; after so many a controller gives the cell up. */
  int MOST_RETRIES = 1000;

  int MOST_PULSES = 1_000_000;

  String DIFFERENTIAL_PAIR = "differential-pair";
  String BIT_SLICES = "bit-slices";

  @Override
  default PolicyFamily family() {
    return PolicyFamily.DEVICE;
  }

  /** How many writes cells survive. */
  Endurance endurance(Settings settings);

  /** Where its numbers come from, for people. */
  String source();

  @Override
  default List<Parameter> allParameters() {
    List<Parameter> all = new ArrayList<>(parameters());
    all.add(
        Parameter.optionalWholeNumber(
            SEED,
            0,
            "",
            "Draws the cells; the run's seed if left out. The same in all scenarios."));
    all.add(
        Parameter.choice(
            MAPPING,
            ONE_CELL,
            List.of(ONE_CELL, DIFFERENTIAL_PAIR, BIT_SLICES),
            "What a weight is: one cell, two whose difference counts, or one per slice of its bits. A write of the weight writes them all."));
    all.add(
        Parameter.optionalWholeNumber(
            WEIGHT_BITS,
            1,
            MOST_WEIGHT_BITS,
            "bits",
            "With bit-slices: bits of a weight; 8 if left out."));
    all.add(
        Parameter.optionalWholeNumber(
            CELL_BITS,
            1,
            MOST_CELL_BITS,
            "bits",
            "With bit-slices: bits of a cell, at most those of a weight; 2 if left out, or what a weight has."));
    all.add(
        Parameter.optionalNumberFrom(
            WEIGHT_RANGE,
            1e-6,
            1e6,
            "",
            "In a training: largest minus smallest weight that cells hold, evenly around 0; 4 if left out."));
    all.add(
        Parameter.share(
            STUCK_LOW, 0, "share of cells", "Fresh cells that are stuck at low resistance."));
    all.add(
        Parameter.share(
            STUCK_HIGH, 0, "share of cells", "Fresh cells that are stuck at high resistance."));
    all.add(
        Parameter.choice(
            WORN_AS,
            "value",
            List.of("value", "low", "high", "either"),
            "What a worn-out cell is stuck at: its last value, low or high resistance, or either of these at random."));
    all.add(
        Parameter.share(
            WRITE_FAILURE,
            0,
            "share of writes",
            "Cell writes that fail for the moment and are tried again."));
    all.add(
        Parameter.wholeNumber(
            RETRIES,
            3,
            0,
            MOST_RETRIES,
            "writes",
            "How often a write that failed is tried again."));
    all.add(
        Parameter.wholeNumber(
            PULSES, 1, 1, MOST_PULSES, "pulses", "Pulses of one write, on average."));
    all.add(
        Parameter.numberFrom(
            PULSE_SPREAD,
            0,
            0,
            MOST_PULSES,
            "pulses",
            "Standard deviation of the pulses of a cell's write; a row waits for its slowest cell."));
    return List.copyOf(all);
  }

  @Override
  default Optional<String> familyProblemWith(Settings settings) {
    boolean hasSlices = settings.has(WEIGHT_BITS) || settings.has(CELL_BITS);
    if (!settings.text(MAPPING).equals(BIT_SLICES) && hasSlices) {
      return Optional.of(
          "weightBits and cellBits are for mapping: bit-slices; leave them out, or set the mapping");
    }
    if (settings.has(CELL_BITS) && settings.wholeNumber(CELL_BITS) > Device.weightBits(settings)) {
      return Optional.of(
          "cellBits: %d is more than the %d bits of a weight; allowed: at most those"
              .formatted(settings.wholeNumber(CELL_BITS), Device.weightBits(settings)));
    }
    if (settings.number(STUCK_LOW) + settings.number(STUCK_HIGH) > 1) {
      return Optional.of("stuckLow and stuckHigh are shares of all cells; together at most 1");
    }
    return Optional.empty();
  }
}
