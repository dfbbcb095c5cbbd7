package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sgsars.device.Device;
import org.sgsars.device.DeviceCells;

/**
 * When the very cells of a device will fail whose leveller knows them. It gives strong rows more
 * writes than weak ones, so cells drawn anew would meet rates that were not meant for them. There
 * is no band: the levelling would be another on another device.
 *
 * <p>Rows are compared by how much of their life they have behind them, writes over the endurance
 * of their weakest cell; how much of a row's excess in that lasts is read off the trace as in
 * {@link Growth}.
 */
final class OwnCells implements FailureProjection {
  /** The smallest of the numbers that it is given. */
  private static final class Earliest {
    private final int most;
    private final double[] kept;
    private double limit = Double.POSITIVE_INFINITY;
    private int count;

    Earliest(int most) {
      this.most = most;
      this.kept = new double[2 * most];
    }

    void add(double value) {
      if (value < limit) {
        kept[count++] = value;
        if (count == kept.length) {
          Arrays.sort(kept);
          count = most;
          limit = kept[most - 1];
        }
      }
    }

    double[] sorted() {
      double[] all = Arrays.copyOf(kept, count);
      Arrays.sort(all);
      return Arrays.copyOf(all, Math.min(count, most));
    }
  }

  private record Row(Device device, long draws, int cells, long endurance, long before, long now) {}

  private final List<Row> rows = new ArrayList<>();
  private double[] times = {};

  /**
   * Adds a row.
   *
   * @param weakest writes that the weakest of its working cells survives
   * @param before writes at the earlier look
   * @param now writes at the later one
   */
  void add(DeviceCells of, int row, int columns, long weakest, long before, long now) {
    Device device = of.device();
    long draws = of.row(row);
    rows.add(
        new Row(
            device, draws, columns * device.cellsPerWeight(), Math.max(1, weakest), before, now));
  }

  /**
   * Works out when the first cells that have not failed will.
   *
   * @param most how many of them; later ones are not kept, a large network has too many
   * @param iterationsBefore iterations at the earlier look
   * @param iterations at the later one
   */
  void project(int most, long iterationsBefore, long iterations) {
    double later = Math.max(1, iterations - iterationsBefore);
    double all = rows.stream().mapToDouble(Row::endurance).sum();
    double mean = rows.stream().mapToDouble(row -> row.now - row.before).sum() / later / all;
    double meanEarlier =
        rows.stream().mapToDouble(Row::before).sum() / Math.max(1, iterationsBefore) / all;
    double variance = 0;
    double covariance = 0;
    for (Row row : rows) {
      double earlier =
          (double) row.before / row.endurance / Math.max(1, iterationsBefore) - meanEarlier;
      double excess = (double) (row.now - row.before) / row.endurance / later - mean;
      variance += row.endurance * earlier * earlier;
      covariance += row.endurance * earlier * excess;
    }
    double lasting = iterationsBefore > 0 ? Growth.slope(covariance, variance) : 0;
    Earliest found = new Earliest(most);
    for (Row row : rows) {
      double own = (double) (row.now - row.before) / row.endurance / later;
      double rate = row.endurance * (mean + lasting * (own - mean));
      for (int cell = 0; cell < row.cells && rate > 0; cell++) {
        long endures = row.device.endurance(Device.draw(row.draws, cell));
        if (endures >= row.now && row.device.stuckWhenFresh(row.draws, cell).isEmpty()) {
          found.add(iterations + (endures - row.now) / rate);
        }
      }
    }
    times = found.sorted();
  }

  /** When the first cells will fail, ascending; as many as were asked for, if that many will. */
  double[] times() {
    return times;
  }

  @Override
  public Optional<Projection.Band> after(long failures) {
    return failures <= times.length
        ? Optional.of(
            new Projection.Band(times[Math.toIntExact(failures - 1)], Double.NaN, Double.NaN))
        : Optional.empty();
  }

  @Override
  public double[] bySeed(long failures) {
    double[] all = new double[Projection.SEEDS];
    Arrays.fill(all, after(failures).map(Projection.Band::median).orElse(Double.POSITIVE_INFINITY));
    return all;
  }
}
