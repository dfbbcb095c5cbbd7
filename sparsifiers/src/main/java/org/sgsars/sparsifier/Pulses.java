package org.sgsars.sparsifier;

/**
 * Cells that hold any weight and change by whole pulses: a change is cut to so many pulses as it
 * has in full, towards 0, and a cell that gets none is not written.
 *
 * @param step what a pulse changes a weight by
 */
record Pulses(float step) implements WholeSteps {
  @Override
  public float rounded(float change) {
    float pulses = change / step;
    return (float) (pulses < 0 ? Math.ceil(pulses) : Math.floor(pulses)) * step;
  }

  @Override
  public boolean skipsUnchanged() {
    return true;
  }

  @Override
  public float programmable(float weight) {
    return weight;
  }
}
