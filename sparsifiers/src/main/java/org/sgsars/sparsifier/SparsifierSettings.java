package org.sgsars.sparsifier;

/**
 * What the settings of every sparsifier say. A record that has a component {@code
 * QuantizationSettings quantization} takes those settings; one that takes none of them answers with
 * {@link QuantizationSettings#NONE}.
 */
public interface SparsifierSettings {
  /** Of how many bits weights are. */
  QuantizationSettings quantization();
}
