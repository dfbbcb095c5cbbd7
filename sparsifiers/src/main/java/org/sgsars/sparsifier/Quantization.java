package org.sgsars.sparsifier;

import java.util.List;
import java.util.Optional;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/**
 * Weights of so many bits: a cell can only be changed by whole steps of weightRange / 2^bits. What
 * is written is the accumulated change rounded to whole steps, half to even; the remainder waits.
 *
 * @param step smallest change of a weight
 * @param skipsUnchanged whether a cell whose change rounds to nothing is not written at all
 */
record Quantization(float step, boolean skipsUnchanged) {
  private static final String BITS = "quantize";
  private static final String WEIGHT_RANGE = "weightRange";
  private static final String SKIP_UNCHANGED = "skipUnchanged";
  private static final double DEFAULT_WEIGHT_RANGE = 0.5;

  /** A float32 has no more. */
  private static final int MOST_BITS = 24;

  /** What every sparsifier can be given. */
  static List<Parameter> parameters() {
    return List.of(
        Parameter.optionalWholeNumber(BITS, 1, MOST_BITS, "bits", "Weights are of so many bits."),
        Parameter.optionalNumberFrom(
            WEIGHT_RANGE,
            1e-6,
            1e6,
            "",
            "With quantize: largest minus smallest weight; 0.5 if not given."),
        Parameter.optionalFlag(
            SKIP_UNCHANGED, "With quantize: cells whose change rounds to 0 are not written."));
  }

  static Optional<String> problemWith(Settings settings) {
    return !settings.has(BITS) && (settings.has(WEIGHT_RANGE) || settings.has(SKIP_UNCHANGED))
        ? Optional.of("weightRange and skipUnchanged go with quantize")
        : Optional.empty();
  }

  static boolean skips(Settings settings) {
    return settings.has(SKIP_UNCHANGED) && settings.flag(SKIP_UNCHANGED);
  }

  static Optional<Quantization> of(Settings settings) {
    if (!settings.has(BITS)) {
      return Optional.empty();
    }
    double range =
        settings.has(WEIGHT_RANGE) ? settings.number(WEIGHT_RANGE) : DEFAULT_WEIGHT_RANGE;
    float step = (float) (range / (1L << settings.wholeNumber(BITS)));
    return Optional.of(new Quantization(step, skips(settings)));
  }

  /** A change of a weight in whole steps. */
  float rounded(float change) {
    return (float) Math.rint(change / step) * step;
  }
}
