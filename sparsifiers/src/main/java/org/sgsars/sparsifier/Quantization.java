package org.sgsars.sparsifier;

import java.util.Optional;

/**
 * Weights of so many bits: a cell can only be changed by whole steps of weightRange / 2^bits. What
 * is written is the accumulated change rounded to whole steps, half to even; the remainder waits.
 *
 * @param step smallest change of a weight
 * @param skipsUnchanged whether a cell whose change rounds to nothing is not written at all
 */
record Quantization(float step, boolean skipsUnchanged) implements WholeSteps {
  static Optional<Quantization> of(QuantizationSettings settings) {
    if (settings.quantize().isEmpty()) {
      return Optional.empty();
    }
    float step = (float) (settings.range() / (1L << settings.quantize().getAsInt()));
    return Optional.of(new Quantization(step, settings.skips()));
  }

  @Override
  public float rounded(float change) {
    return (float) Math.rint(change / step) * step;
  }

  @Override
  public float programmable(float weight) {
    return rounded(weight);
  }
}
