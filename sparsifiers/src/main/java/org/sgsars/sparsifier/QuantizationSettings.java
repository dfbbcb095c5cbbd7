package org.sgsars.sparsifier;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.sgsars.policy.Setting;

/**
 * Of how many bits the weights are that a sparsifier writes.
 *
 * @param quantize bits of a weight
 * @param weightRange largest minus smallest weight
 * @param skipUnchanged whether a cell whose change rounds to nothing is not written
 */
public record QuantizationSettings(
    @Setting(
            about =
                "Weights are of so many bits: what is written is the accumulated change rounded to whole steps of weightRange / 2^bits, half to even; the remainder waits.",
            unit = "bits",
            least = 1,
            most = 24,
            absent = "not quantized")
        OptionalInt quantize,
    @Setting(
            about = "With quantize: largest minus smallest weight.",
            least = 1e-6,
            most = 1e6,
            absent = "0.5")
        OptionalDouble weightRange,
    @Setting(
            about = "With quantize: a cell whose change rounds to 0 is not written at all.",
            absent = "false")
        Optional<Boolean> skipUnchanged) {
  /** Weights that are not quantized. */
  public static final QuantizationSettings NONE =
      new QuantizationSettings(OptionalInt.empty(), OptionalDouble.empty(), Optional.empty());

  private static final double DEFAULT_WEIGHT_RANGE = 0.5;

  /** What is wrong with a combination of settings that are each right, or nothing. */
  Optional<String> problem() {
    return quantize.isEmpty() && (weightRange.isPresent() || skipUnchanged.isPresent())
        ? Optional.of("weightRange and skipUnchanged go with quantize")
        : Optional.empty();
  }

  /** Whether a cell whose change rounds to nothing is not written. */
  boolean skips() {
    return skipUnchanged.orElse(false);
  }

  /** Largest minus smallest weight. */
  double range() {
    return weightRange.orElse(DEFAULT_WEIGHT_RANGE);
  }
}
