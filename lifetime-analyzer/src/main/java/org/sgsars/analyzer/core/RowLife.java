package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * How long a row lasts whose cells are written at rates of their own, in iterations: until the
 * first of them fails. The share of such rows that last longer is tabulated once, and lives are
 * drawn from it.
 */
final class RowLife {
  private static final int STEPS = 64;

  /** A cell that surely fails does so with this probability, or its hazard would be infinite. */
  private static final double SURELY = 1 - 0x1p-53;

  /** Hazards, minus the logarithm of the share of rows that last, between which lives are drawn. */
  private static final double LEAST_HAZARD = 1e-6;

  private static final double MOST_HAZARD = 40;

  /** Powers of two from the first to the last life that is looked at. */
  private static final int MOST_DOUBLINGS = 60;

  /** Cells that are worn alike and are written as often. */
  private record Alike(double writes, double rate) implements Comparable<Alike> {
    @Override
    public int compareTo(Alike other) {
      int byWrites = Double.compare(writes, other.writes);
      return byWrites != 0 ? byWrites : Double.compare(rate, other.rate);
    }
  }

  private final Projection.Endurance endurance;
  private final double[] writes;
  private final double[] rates;
  private final double[] cells;

  /** Of each group of cells, of those fresh ones that do not survive its writes. */
  private final double[] hazardBefore;

  private final double[] lives = new double[STEPS + 1];
  private final double[] logHazards = new double[STEPS + 1];

  /**
   * @param cellsPerPlace cells of a weight, those that work when fresh
   * @param writes of each column's cells so far, which they have survived
   * @param rates of each column's cells, in writes per iteration
   */
  RowLife(Projection.Endurance endurance, double cellsPerPlace, double[] writes, double[] rates) {
    this.endurance = endurance;
    Map<Alike, Double> groups = new TreeMap<>();
    for (int column = 0; column < rates.length; column++) {
      if (rates[column] > 0) {
        groups.merge(new Alike(writes[column], rates[column]), cellsPerPlace, Double::sum);
      }
    }
    this.writes = groups.keySet().stream().mapToDouble(Alike::writes).toArray();
    this.rates = groups.keySet().stream().mapToDouble(Alike::rate).toArray();
    this.cells = groups.values().stream().mapToDouble(count -> count).toArray();
    this.hazardBefore = Arrays.stream(this.writes).map(this::hazardOfCell).toArray();
    tabulate();
  }

  private double hazardOfCell(double after) {
    return -StrictMath.log1p(-Math.min(SURELY, endurance.failed(after)));
  }

  private double hazard(double life) {
    double hazard = 0;
    for (int i = 0; i < cells.length; i++) {
      hazard += cells[i] * (hazardOfCell(writes[i] + life * rates[i]) - hazardBefore[i]);
    }
    return hazard;
  }

  private void tabulate() {
    double last = 1;
    for (int i = 0; i < MOST_DOUBLINGS && hazard(last) < MOST_HAZARD; i++) {
      last *= 2;
    }
    double first = last;
    for (int i = 0; i < MOST_DOUBLINGS && hazard(first) > LEAST_HAZARD; i++) {
      first /= 2;
    }
    double step = StrictMath.pow(last / first, 1.0 / STEPS);
    double life = first;
    for (int i = 0; i <= STEPS; i++) {
      lives[i] = life;
      logHazards[i] = StrictMath.log(Math.max(LEAST_HAZARD, hazard(life)));
      life *= step;
    }
  }

  /** The life of one such row; infinite if it may outlast every run. */
  double draw(SplittableRandom random) {
    double wanted = StrictMath.log(-StrictMath.log(1 - random.nextDouble()));
    if (wanted > logHazards[STEPS]) {
      return Double.POSITIVE_INFINITY;
    }
    int above = 0;
    while (above < STEPS && logHazards[above] < wanted) {
      above++;
    }
    if (above == 0) {
      return lives[0];
    }
    double between = (wanted - logHazards[above - 1]) / (logHazards[above] - logHazards[above - 1]);
    return lives[above - 1] * StrictMath.pow(lives[above] / lives[above - 1], between);
  }
}
