package org.sgsars.sparsifier;

import java.util.Optional;

/**
 * What the settings of every sparsifier say. A record that has a component {@code
 * QuantizationSettings quantization} takes those settings; one that takes none of them answers with
 * {@link QuantizationSettings#NONE}.
 */
public interface SparsifierSettings {
  /** Of how many bits weights are. */
  QuantizationSettings quantization();

  /** How what is written is rounded to whole steps, if it is. */
  default Optional<WholeSteps> steps() {
    return Quantization.of(quantization()).map(steps -> steps);
  }
}
