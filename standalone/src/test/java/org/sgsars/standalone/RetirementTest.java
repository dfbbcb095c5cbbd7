package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.crossbar.core.CrossbarArray;
import org.sgsars.crossbar.core.ProgrammedWeights;
import org.sgsars.device.Device;
import org.sgsars.device.DeviceCells;
import org.sgsars.device.DevicePolicy;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerStack;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/**
 * Whatever levels, and whatever is written: the ars-controller retires the rows that the
 * crossbar-sim lets fail, and until it has to give a content up no weight is read wrong.
 */
final class RetirementTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final LayerShape LAYER = new LayerShape("fc", 11, 3);
  private static final int SIZE = 16;
  private static final int ITERATIONS = 3_000;

  private static Stream<Arguments> everyLeveller() {
    List<Arguments> all = new ArrayList<>();
    List<PolicyChoice> levellers =
        List.of(
            new PolicyChoice("none", Map.of()),
            new PolicyChoice("ars", Map.of("interval", 16L, "pairs", 3L)),
            new PolicyChoice("lru-swap", Map.of()),
            new PolicyChoice("threshold-swap", Map.of("lead", 4L)),
            new PolicyChoice("random-ars", Map.of("interval", 16L, "pairs", 2L)),
            new PolicyChoice("refresh", Map.of("interval", 64L)),
            new PolicyChoice("endurer", Map.of("interval", 64L)),
            new PolicyChoice("random-swap", Map.of("interval", 7L)),
            new PolicyChoice("out-of-place", Map.of("gap", 2L)),
            new PolicyChoice("paced", Map.of()),
            new PolicyChoice("start-gap", Map.of("psi", 7L)),
            new PolicyChoice("security-refresh", Map.of("interval", 5L)),
            new PolicyChoice("wear-rate", Map.of("lead", 2L)));
    for (PolicyChoice leveller : levellers) {
      for (int blocks : new int[] {1, 3}) {
        for (String what : List.of("rows", "cells", "all")) {
          all.add(Arguments.of(leveller, blocks, what));
        }
      }
    }
    return all.stream();
  }

  private static Device device(long seed) {
    return POLICIES
        .require(PolicyFamily.DEVICE, "lognormal", DevicePolicy.class)
        .bind(
            new PolicyChoice("lognormal", Map.of("median", 300.0, "spread", 0.6, "wornAs", "low")))
        .create(seed);
  }

  private static Selection selection(String what, SplittableRandom random) {
    // Some rows are hot.
    int[] rows =
        IntStream.range(0, 2)
            .map(i -> Math.min(random.nextInt(LAYER.rows()), random.nextInt(LAYER.rows())))
            .sorted()
            .distinct()
            .toArray();
    return switch (what) {
      case "rows" -> new Selection.Rows(rows);
      case "all" -> random.nextInt(8) == 0 ? new Selection.All() : new Selection.Rows(rows);
      default -> {
        int[] both = IntStream.of(rows).flatMap(row -> IntStream.of(row, row)).toArray();
        int[] columns =
            IntStream.range(0, both.length)
                .map(i -> i % 2 == 0 ? 0 : 1 + random.nextInt(2))
                .toArray();
        yield new Selection.Cells(both, columns);
      }
    };
  }

  @ParameterizedTest(name = "{0}, {1} blocks, {2}")
  @MethodSource("everyLeveller")
  void apply_rowsFail_noWeightIsWrongUntilNoRowIsLeft(
      PolicyChoice leveller, int blocks, String what) {
    ArrayShape shape = new ArrayShape(LAYER, SIZE, 0, blocks);
    DeviceCells cells = new DeviceCells(device(7), 0, List.of(shape));
    RowArray rows = RowArray.of(shape, Optional.of(cells));
    Leveller levels =
        LevellerStack.create(
            rows,
            List.of(leveller, new PolicyChoice("retire", Map.of())),
            POLICIES,
            1,
            LAYER.name());
    CrossbarArray crossbar = new CrossbarArray(cells);
    ProgrammedWeights weights =
        new ProgrammedWeights(LAYER, shape.physicalRows(), cells.device().weightCells(), true);
    float[] expected = new float[Math.toIntExact(LAYER.cells())];
    SplittableRandom random = new SplittableRandom(3);
    long failed = 0;
    long lastLost = -1;

    for (int i = 0; i < ITERATIONS && crossbar.lostWeights() == 0; i++) {
      Selection selection = selection(what, random);
      RowArray.IterationWrites writes = rows.apply(selection, i, levels);
      CellWrites.write(crossbar, selection, writes);
      RandomChanges.program(LAYER, weights, crossbar, selection, writes, expected, random);

      failed = crossbar.failedCells();
      lastLost = crossbar.lostWeights() > 0 ? i : -1;
      for (int row = 0; row < LAYER.rows(); row++) {
        assertThat(crossbar.logicalToPhysical()[row] % shape.rowsOfBlock())
            .isEqualTo(rows.physicalRow(row));
      }
      if (crossbar.lostWeights() == 0) {
        for (int row = 0; row < LAYER.rows(); row++) {
          for (int column = 0; column < LAYER.columns(); column++) {
            assertThat(weights.weight(row, column))
                .as("iteration %d, row %d, column %d", i, row, column)
                .isEqualTo(expected[row * LAYER.columns() + column]);
          }
        }
      }
    }

    assertThat(failed).as("cells that failed").isPositive();
    if (lastLost >= 0) {
      assertThat(rows.workingRows()).isLessThanOrEqualTo(LAYER.rows());
    }
  }
}
