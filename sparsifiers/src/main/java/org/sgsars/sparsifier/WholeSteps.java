package org.sgsars.sparsifier;

/**
 * How a change of a weight is written where cells change by whole steps only. What is less than a
 * step waits.
 */
public interface WholeSteps {
  /** The part of a change that is written, in float32. */
  float rounded(float change);

  /** Whether a cell whose change rounds to nothing is not written at all. */
  boolean skipsUnchanged();

  /** The nearest weight that a cell can be programmed to when a run begins. */
  float programmable(float weight);
}
