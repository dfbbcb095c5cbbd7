package org.sgsars.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sgsars.device.SizeLimits.Use;
import org.sgsars.device.SizeLimits.UsedArray;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerExceptions;
import org.sgsars.model.LayerSettings;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ScenarioPlan;

final class SizeLimitsTest {
  private static final Use ROWS = new Use(0, false, false, false, false);

  private static ArrayShape array(int rows, int columns, int size) {
    return new ArrayShape(new LayerShape("fc", rows, columns), size, 0);
  }

  private static List<String> problems(int rows, int columns, int size, Use use, long iterations) {
    return problems(List.of(array(rows, columns, size)), use, iterations);
  }

  private static List<String> problems(List<ArrayShape> arrays, Use use, long iterations) {
    return SizeLimits.problemsWith(
        arrays.stream().map(array -> new UsedArray(array, use)).toList(), iterations);
  }

  @Test
  void physicalRows_mostRowsThatALayerMayHave_arePositive() {
    int most = LayerShape.MAX_ROWS;

    assertThat(new ArrayShape(array(most, 1, 65_535).layer(), 65_535, 65_536).physicalRows())
        .isGreaterThan(most);
  }

  /** 2^15 rows of 2^16 columns are 2^31 cells; a row fewer is fine. */
  @Test
  void problemsWith_cellsApart_areThoseOfOneArray() {
    Use cells = new Use(0, true, false, false, false);
    Use trains = new Use(0, false, true, false, false);

    assertThat(problems(32_767, 65_536, 1, cells, 10)).isEmpty();
    assertThat(problems(32_768, 65_536, 1, ROWS, 10)).isEmpty();
    assertThat(problems(32_768, 65_536, 1, cells, 10))
        .containsExactly(
            "layer fc: 32768 x 65536 cells are written one by one; allowed: at most 2147483639 cells");
    assertThat(problems(32_768, 65_536, 1, trains, 10))
        .containsExactly(
            "layer fc: 32768 x 65536 cells are trained; allowed: at most 2147483639 cells");
  }

  @Test
  void problemsWith_iterations_areFewEnoughForEachCount() {
    Use cells = new Use(0, true, false, false, false);

    assertThat(problems(8, 8, 8, cells, Integer.MAX_VALUE)).isEmpty();
    assertThat(problems(8, 8, 8, cells, 1L + Integer.MAX_VALUE))
        .containsExactly(
            "iterations: 2147483648 are more than the writes of a single cell are counted to; allowed where single cells are written: at most 2147483647");
    // 2^20 cells leave 2^40 iterations of 2^60 writes.
    assertThat(problems(1024, 1024, 1024, ROWS, 1L << 40)).isEmpty();
    assertThat(problems(1024, 1024, 1024, ROWS, 1L + (1L << 40)))
        .containsExactly(
            "iterations: 1099511627777 on 1048576 cells may be more cell writes than can be counted; allowed: at most 1099511627776 iterations");
  }

  @Test
  void problemsWith_cellsOfARow_areNumbered() {
    Use device = new Use(32, false, false, false, false);

    assertThat(problems(1, 67_108_863, 1, device, 1)).isEmpty();
    assertThat(problems(1, 67_108_864, 1, device, 1))
        .containsExactly(
            "layer fc: a row of 67108864 weights of 32 cells in crossbars of 1 columns has 2147483648 cells; allowed: at most 2147483647");
  }

  @Test
  void problemsWith_crossbars_areNumberedInTheNetwork() {
    Use device = new Use(1, false, false, false, false);
    Use exchange = new Use(0, false, false, true, false);
    ArrayShape large = array(32_768, 32_768, 1);

    assertThat(problems(List.of(large), device, 1)).isEmpty();
    assertThat(problems(List.of(large, large), device, 1))
        .containsExactly(
            "crossbar.size: the network has 2147483648 crossbars of 1 rows; allowed with a device or cross-layer: at most 2147483647");
    assertThat(problems(List.of(large, large), ROWS, 1)).isEmpty();
    assertThat(problems(8, 8, 32_768, exchange, 1)).isEmpty();
    assertThat(problems(8, 8, 32_769, exchange, 1))
        .containsExactly(
            "crossbar.size: 32769 is too large for cross-layer, which counts the cells of a crossbar; allowed: at most 32768");
  }

  @Test
  void problemsWith_cellsThatALevellerKnows_canBeSorted() {
    Use knows = new Use(4, false, false, false, true);

    assertThat(problems(32_768, 65_536, 1024, knows, 1)).isEmpty();
    assertThat(problems(32_768, 65_537, 1024, knows, 1))
        .containsExactly(
            "device: 8590065664 cells are too many for a leveller that knows each; allowed: at most 8589934592");
  }

  @Test
  void problemsWith_largestLayersInLargestCrossbars_areRefusedAndNeverOverflow() {
    Use all = new Use(32, true, true, true, true);
    ArrayShape largest =
        new ArrayShape(
            new LayerShape("fc", LayerShape.MAX_ROWS, LayerShape.MAX_COLUMNS), 1, 65_536);

    assertThat(problems(Collections.nCopies(3, largest), all, 1)).hasSize(3);
    assertThat(problems(Collections.nCopies(100_000, largest), ROWS, 1))
        .singleElement()
        .asString()
        .startsWith("the network has ");
  }

  @Test
  void problemsWith_layersUsedOtherwise_eachCountsByItsOwnUse() {
    Use known = new Use(1, false, false, false, true);
    Use pairs = new Use(2, false, false, false, false);
    ArrayShape half = array(32_768, 65_536, 1024);

    // 2^31 known, and 2 * 2^31 to be shared by: 3 * 2^31 cells, of 4 * 2^31 allowed.
    assertThat(
            SizeLimits.problemsWith(
                List.of(new UsedArray(half, known), new UsedArray(half, pairs)), 1))
        .isEmpty();
    assertThat(
            SizeLimits.problemsWith(
                List.of(
                    new UsedArray(half, known),
                    new UsedArray(half, pairs),
                    new UsedArray(half, pairs)),
                1))
        .containsExactly(
            "device: 10737418240 cells are too many for a leveller that knows each; allowed: at most 8589934592");
  }

  @Test
  void problemsWith_crossbarsOfSeveralSizes_areNamedFromSmallestToLargest() {
    Use device = new Use(1, false, false, false, false);
    ArrayShape small = array(32_768, 65_535, 1);

    assertThat(
            SizeLimits.problemsWith(
                List.of(
                    new UsedArray(small, device),
                    new UsedArray(array(8, 8, 4), ROWS),
                    new UsedArray(small, ROWS)),
                1))
        .containsExactly(
            "crossbar.size: the network has 4294901764 crossbars of 1 to 4 rows; allowed with a device or cross-layer: at most 2147483647");
  }

  @Test
  void problemsWith_noLayerOnCrossbars_findsNothingTooLarge() {
    LayerSettings digital =
        new LayerSettings("*", true, List.of(), List.of(), false, 4, 0, Optional.empty());
    ScenarioPlan scenario =
        new ScenarioPlan("s", 0, List.of(), 4)
            .with(new LayerExceptions(List.of(digital), List.of(0)));

    assertThat(
            SizeLimits.problemsWith(scenario, List.of(new LayerShape("fc", 4, 4)), of -> ROWS, 1))
        .isEmpty();
  }
}
