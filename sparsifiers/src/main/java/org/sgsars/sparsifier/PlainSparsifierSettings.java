package org.sgsars.sparsifier;

/** The settings of a sparsifier that takes no more than every sparsifier does. */
public record PlainSparsifierSettings(QuantizationSettings quantization)
    implements SparsifierSettings {}
