package org.sgsars.device;

/**
 * What a write costs on average, by closed forms. A write is tried, checked and, in the cells where
 * it failed for the moment, tried again; every attempt takes pulses and wears its cell. The cells
 * of a row are written at once, and the row is done when its slowest cell is.
 */
public final class WriteCost {
  /** Equally likely cases that stand for all where a mean has no closed form. */
  private static final int CASES = 4096;

  private final double failure;
  private final int retries;
  private final double pulses;
  private final double spread;
  private final int cellsPerWeight;
  private final double attempts;

  WriteCost(CellSettings.Writes writes, int cellsPerWeight) {
    this.failure = writes.writeFailure();
    this.retries = writes.retries();
    this.pulses = writes.pulses();
    this.spread = writes.pulseSpread();
    this.cellsPerWeight = cellsPerWeight;
    this.attempts = failure == 1 ? retries + 1.0 : (1 - lost()) / (1 - failure);
  }

  /** Attempts of one cell's write: 1 + q + q^2 + ... up to the retries, where q fail. */
  public double attempts() {
    return attempts;
  }

  /** Share of cell writes that fail for good: the cell keeps its value until its next write. */
  public double lost() {
    return StrictMath.pow(failure, retries + 1.0);
  }

  /** Pulses of one weight's write, all its cells together. */
  public double pulsesPerWeight() {
    return cellsPerWeight * attempts() * meanPulses(1);
  }

  /**
   * Pulses one after the other until a row of so many weights is written: of its slowest cell.
   *
   * @param columns at least 1
   */
  public double pulsesPerRow(int columns) {
    double cells = (double) columns * cellsPerWeight;
    return rounds(cells) * meanPulses(cells);
  }

  /** Another round is due as long as any of the cells needs one. */
  private double rounds(double cells) {
    if (failure == 1) {
      return retries + 1.0;
    }
    double rounds = 0;
    double share = 1;
    for (int attempt = 0; attempt <= retries && share > 0; attempt++) {
      rounds += 1 - StrictMath.pow(1 - share, cells);
      share *= failure;
    }
    return rounds;
  }

  /** Mean pulses of the slowest of some cells: normal, at least 1. */
  private double meanPulses(double cells) {
    if (spread == 0) {
      return pulses;
    }
    double sum = 0;
    for (int i = 0; i < CASES; i++) {
      double share = StrictMath.pow((i + 0.5) / CASES, 1 / cells);
      sum += Math.max(1, pulses + spread * StandardNormal.quantile(Math.min(share, 1 - 0x1p-53)));
    }
    return sum / CASES;
  }
}
