package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.sgsars.device.DevicePolicy;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/** A layer of two rows and two columns in crossbars of four; cells survive 100 writes. */
final class CellLossProjectionTest {
  private static final LayerShape LAYER = new LayerShape("fc", 2, 2);
  private static final int[] BEGAN = {0, 1};

  /** Lives are drawn between tabulated ones. */
  private static final Offset<Double> TABLE = within(1.5);

  private static final Projection.Endurance CONSTANT =
      new Projection.Endurance(
          Policies.onClassPath()
              .require(PolicyFamily.DEVICE, "constant", DevicePolicy.class)
              .bind(new PolicyChoice("constant", Map.of("writes", 100.0)))
              .create(1));

  /**
   * @param map of the two rows
   * @param cells writes of each row's cells
   */
  private static CellLossProjection.Sample look(long iterations, int[] map, long[]... cells) {
    // As if the cells of a row had been written one by one.
    long[] operations = Arrays.stream(cells).mapToLong(row -> row[0] + row[1]).toArray();
    return new CellLossProjection.Sample(
        new LossProjection.Sample(iterations, operations, map, new int[cells.length]), cells);
  }

  private static double[] times(
      int blocks, CellLossProjection.Sample half, CellLossProjection.Sample last) {
    return new CellLossProjection(new ArrayShape(LAYER, 4, 0, blocks), CONSTANT, half, last)
        .times();
  }

  /**
   * Row 0 is over when its first cell is, of 2 writes an iteration: in 40, and after 50 more in a
   * fresh row. Then row 1 is over too, of 1 write an iteration and 10 had, and one row is free.
   */
  @Test
  void times_contentsStay_goByTheCellThatIsOverFirst() {
    double[] times =
        times(
            1,
            look(5, BEGAN, new long[][] {{10, 5}, {2, 5}, {0, 0}, {0, 0}}),
            look(10, BEGAN, new long[][] {{20, 10}, {4, 10}, {0, 0}, {0, 0}}));

    assertThat(times).hasSize(Projection.SEEDS);
    assertThat(times).containsOnly(new double[] {10 + 90}, TABLE);
  }

  /**
   * Each row had its share of 4 writes an iteration in the first column and of 2 in the second, so
   * the first is over when all four rows have 80 more: after 20 iterations of all work each.
   */
  @Test
  void times_rowsAreLevelled_goByTheColumnThatIsOverFirst() {
    long[][] half = {{10, 5}, {10, 5}, {10, 5}, {10, 5}};
    long[][] last = {{20, 10}, {20, 10}, {20, 10}, {20, 10}};

    double[] times = times(1, look(10, BEGAN, half), look(20, new int[] {2, 3}, last));

    assertThat(times).containsOnly(new double[] {20 + 4 * 20}, TABLE);
  }

  /** The second block of each is fresh: 25 iterations of all work more for each wordline. */
  @Test
  void times_twoBlocks_goOnInTheSecond() {
    long[] none = {0, 0};
    long[] early = {10, 5};
    long[] late = {20, 10};
    long[][] half = {early, early, early, early, none, none, none, none};
    long[][] last = {late, late, late, late, none, none, none, none};

    double[] times = times(2, look(10, BEGAN, half), look(20, new int[] {2, 3}, last));

    assertThat(times).containsOnly(new double[] {20 + 4 * (20 + 25)}, within(3.0));
  }

  @Test
  void times_nothingIsWrittenAnyMore_areNever() {
    long[][] cells = {{20, 10}, {4, 10}, {0, 0}, {0, 0}};

    assertThat(times(1, look(5, BEGAN, cells), look(10, BEGAN, cells)))
        .containsOnly(Double.POSITIVE_INFINITY);
  }
}
