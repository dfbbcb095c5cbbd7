package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
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

/** Tests of the ars-controller find the rows that the crossbar-sim lets fail, and no others. */
final class DetectRemapTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final LayerShape LAYER = new LayerShape("fc", 11, 3);
  private static final int SIZE = 16;
  private static final int INTERVAL = 40;
  private static final int ITERATIONS = 3_000;

  private static Stream<Arguments> everyWay() {
    return Stream.of(1L, 2L, 3L, 5L, 8L)
        .flatMap(
            seed ->
                Stream.of("rows", "cells", "all")
                    .flatMap(
                        what ->
                            IntStream.of(0, 2)
                                .mapToObj(writes -> Arguments.of(seed, what, (long) writes))));
  }

  private static Selection selection(String what, SplittableRandom random) {
    int row = Math.min(random.nextInt(LAYER.rows()), random.nextInt(LAYER.rows()));
    return switch (what) {
      case "rows" -> new Selection.Rows(new int[] {row});
      case "all" ->
          random.nextInt(8) == 0 ? new Selection.All() : new Selection.Rows(new int[] {row});
      default -> new Selection.Cells(new int[] {row, row}, new int[] {0, 1 + random.nextInt(2)});
    };
  }

  private static BitSet failedRows(CrossbarArray crossbar) {
    BitSet failed = new BitSet();
    int[] cells = crossbar.failedCellsByRow();
    for (int row = 0; row < cells.length; row++) {
      failed.set(row, cells[row] > 0);
    }
    return failed;
  }

  @ParameterizedTest(name = "seed={0}, {1}, {2} writes of a test")
  @MethodSource("everyWay")
  void apply_rowsFail_contentsLeaveThemWhileRowsWork(long seed, String what, long testWrites) {
    ArrayShape shape = new ArrayShape(LAYER, SIZE, 0);
    DeviceCells cells =
        new DeviceCells(
            POLICIES
                .require(PolicyFamily.DEVICE, "lognormal", DevicePolicy.class)
                .bind(new PolicyChoice("lognormal", Map.of("median", 100.0, "spread", 0.4)))
                .create(seed),
            0,
            List.of(shape));
    RowArray rows = RowArray.of(shape, Optional.of(cells));
    Map<String, ?> settings = Map.of("interval", (long) INTERVAL, "testWrites", testWrites);
    Leveller leveller =
        LevellerStack.create(
            rows, List.of(new PolicyChoice("detect-remap", settings)), POLICIES, 1, LAYER.name());
    CrossbarArray crossbar = new CrossbarArray(cells);
    long[] updates = new long[LAYER.rows()];
    SplittableRandom random = new SplittableRandom(seed);
    boolean filled = false;

    for (int i = 0; i < ITERATIONS; i++) {
      BitSet failedBefore = failedRows(crossbar);
      Selection selection = selection(what, random);
      RowArray.IterationWrites writes = rows.apply(selection, i, leveller);
      IntStream.of(writes.logicalRows()).distinct().forEach(row -> updates[row]++);
      CellWrites.write(crossbar, selection, writes);

      for (int row = 0; row < LAYER.rows(); row++) {
        assertThat(crossbar.logicalToPhysical()[row]).isEqualTo(rows.physicalRow(row));
      }
      if ((i + 1) % INTERVAL != 0) {
        assertThat(writes.levellingRows()).isEmpty();
        continue;
      }
      BitSet failed = failedRows(crossbar);
      for (int row = 0; row < LAYER.rows(); row++) {
        if (failedBefore.get(rows.physicalRow(row))) {
          filled = true;
          assertRestIsWorse(rows, failed, updates, row);
        }
      }
    }

    assertThat(filled).as("contents that had to stay on failed rows").isTrue();
  }

  /** Every row that works holds a content with as many updates at least. */
  private static void assertRestIsWorse(RowArray rows, BitSet failed, long[] updates, int content) {
    for (int other = 0; other < rows.physicalRows(); other++) {
      if (!failed.get(other)) {
        assertThat(rows.holdsWeights(other)).isTrue();
        assertThat(updates[rows.logicalRow(other)]).isGreaterThanOrEqualTo(updates[content]);
      }
    }
  }
}
