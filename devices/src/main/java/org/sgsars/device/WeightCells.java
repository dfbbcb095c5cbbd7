package org.sgsars.device;

import java.util.Arrays;

/**
 * How cells hold a weight: it is the sum of what they contribute. Each contributes between what it
 * does at high and what it does at low resistance.
 *
 * <ul>
 *   <li>One cell holds the weight itself: high resistance is the least weight, low the largest.
 *   <li>Of a differential pair the first cell counts for the weight and the second against it; the
 *       one that is not needed is at high resistance.
 *   <li>Bit slices hold the weight, counted from the least one, in digits, the most significant
 *       first. What is less than a step is in the last cell, whose states are continuous.
 * </ul>
 */
public final class WeightCells {
  private final float[] atHighResistance;
  private final float[] atLowResistance;
  private final boolean isPair;
  private final double step;
  private final int cellLevels;
  private final float limit;

  private WeightCells(
      float limit, float[] atHighResistance, float[] atLowResistance, double step, int cellLevels) {
    this.limit = limit;
    this.atHighResistance = atHighResistance;
    this.atLowResistance = atLowResistance;
    this.isPair = cellLevels == 0 && atHighResistance.length == 2;
    this.step = step;
    this.cellLevels = cellLevels;
  }

  /**
   * @param range largest minus smallest weight; they lie evenly around 0
   */
  public static WeightCells oneCell(double range) {
    float limit = (float) (range / 2);
    return new WeightCells(limit, new float[] {-limit}, new float[] {limit}, 0, 0);
  }

  /**
   * @param range as of one cell
   */
  public static WeightCells pair(double range) {
    float limit = (float) (range / 2);
    return new WeightCells(limit, new float[2], new float[] {limit, -limit}, 0, 0);
  }

  /**
   * @param range as of one cell
   * @param cells at least 1
   * @param cellBits bits of a digit, 1 to 30
   */
  public static WeightCells slices(double range, int cells, int cellBits) {
    float limit = (float) (range / 2);
    int levels = 1 << cellBits;
    double step = range / (Math.pow(levels, cells) - 1);
    float[] high = new float[cells];
    float[] low = new float[cells];
    high[0] = -limit;
    for (int cell = 0; cell < cells; cell++) {
      double place = Math.pow(levels, cells - 1 - cell) * step;
      low[cell] = (float) (high[cell] + (levels - 1) * place);
    }
    return new WeightCells(limit, high, low, step, levels);
  }

  /** Cells of a weight. */
  public int count() {
    return atHighResistance.length;
  }

  /** The nearest weight that cells can hold. */
  public float clipped(float weight) {
    return Math.max(-limit, Math.min(limit, weight));
  }

  /** What a cell contributes when it is stuck at one end. */
  public float contribution(int cell, Device.StuckAt end) {
    return end == Device.StuckAt.LOW_RESISTANCE ? atLowResistance[cell] : atHighResistance[cell];
  }

  /**
   * What each cell is programmed to for a weight.
   *
   * @param weight {@link #clipped}
   */
  public float[] contributions(float weight) {
    if (cellLevels > 0) {
      return digits(weight);
    }
    if (isPair) {
      return weight >= 0 ? new float[] {weight, 0} : new float[] {0, weight};
    }
    return new float[] {weight};
  }

  private float[] digits(float weight) {
    int cells = count();
    float[] contributions = Arrays.copyOf(atHighResistance, cells);
    double most = Math.pow(cellLevels, cells) - 1;
    double left = Math.min(most, Math.floor((weight + (double) limit) / step));
    float sum = 0;
    for (int cell = 0; cell < cells; cell++) {
      double place = Math.pow(cellLevels, cells - 1 - cell);
      double digit = Math.floor(left / place);
      left -= digit * place;
      contributions[cell] += (float) (digit * place * step);
      sum += contributions[cell];
    }
    contributions[cells - 1] += weight - sum;
    return contributions;
  }
}
