package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.device.Device;
import org.sgsars.device.DeviceCells;
import org.sgsars.device.DevicePolicy;
import org.sgsars.leveller.RowArray.IterationWrites;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

final class DetectRemapLevellerTest extends LevellerContract<DetectRemapLeveller.Settings> {
  /** Every cell survives three writes. */
  private static final Device THREE = device("constant", Map.of("writes", 3.0), 1);

  private static final Device SOME_FAIL =
      device("lognormal", Map.of("median", 300.0, "spread", 0.5, "stuckLow", 0.05), 1);

  private static Device device(String kind, Map<String, ?> settings, long seed) {
    return Policies.onClassPath()
        .require(PolicyFamily.DEVICE, kind, DevicePolicy.class)
        .bind(new PolicyChoice(kind, settings))
        .create(seed);
  }

  private static RowArray rows(Device device, int logicalRows, int columns, int physicalRows) {
    ArrayShape shape = new ArrayShape(new LayerShape("fc", logicalRows, columns), physicalRows, 0);
    return RowArray.of(shape, Optional.of(new DeviceCells(device, 0, List.of(shape))));
  }

  private Leveller every(int interval, int testWrites, RowArray array) {
    return policy().create(array, new DetectRemapLeveller.Settings(interval, testWrites), 1);
  }

  /** Writes rows one by one, in iterations from some on; what the last wrote. */
  private static IterationWrites write(RowArray array, Leveller leveller, int from, int... rows) {
    for (int i = 0; i < rows.length - 1; i++) {
      array.apply(new Selection.Rows(new int[] {rows[i]}), from + i, leveller);
    }
    int last = rows.length - 1;
    return array.apply(new Selection.Rows(new int[] {rows[last]}), from + last, leveller);
  }

  @Override
  protected LevellerPolicy<DetectRemapLeveller.Settings> policy() {
    return new DetectRemapLeveller();
  }

  @Override
  protected DetectRemapLeveller.Settings settings() {
    return policy().settings(Map.of("interval", 50L));
  }

  @Override
  protected RowArray rows(int logicalRows, int physicalRows) {
    return rows(SOME_FAIL, logicalRows, 1, physicalRows);
  }

  @Test
  void create_noDevice_isRefused() {
    assertThatThrownBy(() -> every(1, 0, new RowArray(2, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("testing rows needs a device");
  }

  @Test
  void afterIteration_rowFails_isNoticedByTheNextTestOnly() {
    RowArray array = rows(THREE, 2, 3, 4);
    Leveller leveller = every(6, 0, array);

    // The fourth write of row 0 fails; the fifth goes there all the same.
    IterationWrites fifth = write(array, leveller, 0, 0, 0, 0, 0, 0);
    assertThat(fifth.physicalRows()).containsExactly(0);
    assertThat(fifth.levellingRows()).isEmpty();
    IterationWrites sixth = write(array, leveller, 5, 1);

    // Rows 2 and 3 are free and fresh.
    assertThat(sixth.levellingRows()).containsExactly(2);
    assertThat(sixth.movedLogicalRows()).containsExactly(0, 2);
    assertThat(sixth.movedToPhysicalRows()).containsExactly(2, 0);
    assertThat(array.writes()).containsExactly(5, 1, 1, 0);
  }

  @Test
  void afterIteration_twoFail_theOneThatIsUpdatedMostGoesToTheLeastWornRow() {
    RowArray array = rows(THREE, 3, 1, 5);
    Leveller leveller = every(9, 0, array);
    // Row 4 is free and less worn than row 3.
    array.rewrite(3);

    IterationWrites last = write(array, leveller, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1);

    // Content 1 has five updates, content 0 four.
    assertThat(last.levellingRows()).containsExactly(4, 3);
    assertThat(array.logicalToPhysical()).startsWith(3, 4, 2);
  }

  @Test
  void afterIteration_noFreeRow_contentChangesPlacesWithTheOneUpdatedLeast() {
    RowArray array = rows(THREE, 3, 1, 3);
    Leveller leveller = every(5, 0, array);

    IterationWrites fifth = write(array, leveller, 0, 0, 0, 0, 0, 1);

    // Content 2 was never updated, and lies on the failed row now.
    assertThat(fifth.levellingRows()).containsExactly(2, 0);
    assertThat(array.logicalToPhysical()).containsExactly(2, 1, 0);
    // Content 2 is updated less than any other, so it stays there.
    assertThat(write(array, leveller, 5, 1, 1, 0, 0, 2).levellingRows()).isEmpty();
  }

  @Test
  void afterIteration_noRowPassed_contentsStay() {
    RowArray array = rows(THREE, 2, 1, 2);

    IterationWrites eighth = write(array, every(8, 0, array), 0, 0, 0, 0, 0, 1, 1, 1, 1);

    assertThat(eighth.levellingRows()).isEmpty();
    assertThat(array.logicalToPhysical()).containsExactly(0, 1);
  }

  @Test
  void afterIteration_testsByWrites_wearRowsUntilTheyAreKnownToHaveFailed() {
    RowArray array = rows(THREE, 1, 1, 2);
    Leveller leveller = every(1, 2, array);

    // Row 0: an update and two writes of the test; row 1: two.
    assertThat(write(array, leveller, 0, 0).levellingRows()).containsExactly(0, 0, 1, 1);
    // The update fails in row 0, the second write of the test in row 1.
    assertThat(write(array, leveller, 1, 0).levellingRows()).containsExactly(0, 0, 1, 1);
    // Both are known, and there is no other place.
    assertThat(write(array, leveller, 2, 0).levellingRows()).isEmpty();
    assertThat(array.writes()).containsExactly(7, 4);
  }

  @Test
  void afterIteration_singleWeights_rowFailsWithTheFirstOfThem() {
    RowArray array = rows(THREE, 1, 4, 2);
    Leveller leveller = every(1, 0, array);
    // Each weight is written once, and no cell more often than it survives.
    for (int column = 0; column < 4; column++) {
      Selection weight = new Selection.Cells(new int[] {0}, new int[] {column});
      assertThat(array.apply(weight, column, leveller).levellingRows()).isEmpty();
    }
    Selection first = new Selection.Cells(new int[] {0}, new int[] {0});
    array.apply(first, 4, leveller);
    assertThat(array.apply(first, 5, leveller).levellingRows()).isEmpty();

    IterationWrites fourthOfTheFirst = array.apply(first, 6, leveller);

    assertThat(fourthOfTheFirst.physicalRows()).containsExactly(0);
    assertThat(fourthOfTheFirst.levellingRows()).containsExactly(1);
  }

  /** Cells that are stuck when fresh are found by the first test. */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void afterIteration_stuckWhenFresh_contentsGoToRowsWithoutSuchCells(long seed) {
    Device device = device("constant", Map.of("writes", 1e6, "stuckLow", 0.05), seed);
    RowArray array = rows(device, 8, 4, 32);

    write(array, every(1, 0, array), 0, 0);

    for (int row = 0; row < 8; row++) {
      long draws = Device.row(device.layer("fc"), array.physicalRow(row));
      for (int column = 0; column < 4; column++) {
        assertThat(device.stuckWhenFresh(draws, column)).isEmpty();
      }
    }
  }

  @Test
  void stateBits_isTheMapABitOfEachRowAndTheUpdatesOfEachContent() {
    ArrayShape shape = new ArrayShape(new LayerShape("fc", 50, 1), 64, 0);

    // 64 addresses of 6 bits and a bit; 50 counters to a million, of 20 bits.
    assertThat(policy().stateBits(settings(), shape, 1_000_000)).hasValue(64 * (6 + 1) + 50 * 20);
  }
}
