package org.sgsars.model;

/** What an axis of a weight counts. */
public enum Axis {
  /** Inputs of the layer: rows of its array. */
  IN,
  /** Outputs of the layer: columns of its array. */
  OUT
}
