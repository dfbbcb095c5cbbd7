package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
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

final class RetireLevellerTest extends LevellerContract<RetireLeveller.Settings> {
  /** Every cell survives three writes. */
  private static final Device THREE = device("constant", Map.of("writes", 3.0));

  /** Some of 64 rows fail within 2,000 writes, and never so many that fewer than 50 are left. */
  private static final Device SOME_FAIL =
      device("lognormal", Map.of("median", 1000.0, "spread", 0.5));

  private static Device device(String kind, Map<String, ?> settings) {
    return Policies.onClassPath()
        .require(PolicyFamily.DEVICE, kind, DevicePolicy.class)
        .bind(new PolicyChoice(kind, settings))
        .create(1);
  }

  private static RowArray rows(Device device, int logicalRows, int columns, int blocks) {
    ArrayShape shape = new ArrayShape(new LayerShape("fc", logicalRows, columns), 4, 0, blocks);
    return RowArray.of(shape, Optional.of(new DeviceCells(device, 0, List.of(shape))));
  }

  private Leveller retire(RowArray array) {
    return policy().create(array, settings(), 1);
  }

  private static IterationWrites write(RowArray array, Leveller leveller, int row) {
    return array.apply(new Selection.Rows(new int[] {row}), 0, leveller);
  }

  @Override
  protected LevellerPolicy<RetireLeveller.Settings> policy() {
    return new RetireLeveller();
  }

  @Override
  protected RetireLeveller.Settings settings() {
    return policy().settings(Map.of());
  }

  @Override
  protected RowArray rows(int logicalRows, int physicalRows) {
    ArrayShape array = new ArrayShape(new LayerShape("fc", logicalRows, 1), physicalRows, 0);
    return RowArray.of(array, Optional.of(new DeviceCells(SOME_FAIL, 0, List.of(array))));
  }

  @Test
  void create_noDevice_isRefused() {
    assertThatThrownBy(() -> retire(new RowArray(2, 4)))
        .hasMessage("retiring failed rows needs a device");
  }

  @Test
  void apply_rowFails_contentIsWrittenToTheLeastWornFreeRowInTheSameIteration() {
    RowArray array = rows(THREE, 2, 3, 1);
    Leveller leveller = retire(array);
    for (int i = 0; i < 3; i++) {
      assertThat(write(array, leveller, 0).levellingRows()).isEmpty();
    }

    IterationWrites fourth = write(array, leveller, 0);

    assertThat(fourth.physicalRows()).containsExactly(0);
    assertThat(fourth.levellingRows()).containsExactly(2);
    assertThat(fourth.movedLogicalRows()).containsExactly(0, 2);
    assertThat(fourth.movedToPhysicalRows()).containsExactly(2, 0);
    assertThat(array.isRetired(0)).isTrue();
    assertThat(array.isFree(0)).isFalse();
    assertThat(array.workingRows()).isEqualTo(3);
    // The failed row's four writes are no writes of working rows.
    assertThat(array.allWear()).isEqualTo(1);
    assertThat(array.rowsByWear()).containsExactly(1, 3, 2);
  }

  @Test
  void apply_rowFailsInABlock_contentGoesToTheNextOnTheSameWordline() {
    RowArray array = rows(THREE, 3, 2, 2);
    Leveller leveller = retire(array);
    for (int i = 0; i < 3; i++) {
      write(array, leveller, 1);
    }

    IterationWrites fourth = write(array, leveller, 1);

    // Row 1 of block 0 is tried; row 1 of block 1 is row 5.
    assertThat(fourth.physicalRows()).containsExactly(1);
    assertThat(fourth.levellingRows()).containsExactly(5);
    assertThat(fourth.movedLogicalRows()).containsExactly(1, 5);
    assertThat(fourth.movedToPhysicalRows()).containsExactly(5, 1);
    assertThat(array.workingRows()).isEqualTo(4);
    assertThat(array.writes(1)).isEqualTo(5);
    assertThat(write(array, leveller, 1).physicalRows()).containsExactly(5);
  }

  @Test
  void apply_rowFailsInTheLastBlock_contentGoesToAnotherWordline() {
    RowArray array = rows(THREE, 3, 2, 2);
    Leveller leveller = retire(array);
    // Three in block 0, one in vain, one that moves it, and two more in block 1.
    for (int i = 0; i < 6; i++) {
      write(array, leveller, 1);
    }

    IterationWrites last = write(array, leveller, 1);

    assertThat(last.physicalRows()).containsExactly(5);
    assertThat(last.levellingRows()).containsExactly(3);
    assertThat(last.movedLogicalRows()).containsExactly(1, 3);
    assertThat(last.movedToPhysicalRows()).containsExactly(3, 5);
    assertThat(array.isRetired(1)).isTrue();
  }

  @Test
  void apply_noRowAndNoBlockLeft_contentStaysAndIsWrittenInVain() {
    RowArray array = rows(THREE, 4, 4, 1);
    Leveller leveller = retire(array);
    for (int i = 0; i < 5; i++) {
      IterationWrites writes = write(array, leveller, 1);

      assertThat(writes.physicalRows()).containsExactly(1);
      assertThat(writes.levellingRows()).isEmpty();
      assertThat(writes.movedLogicalRows()).isEmpty();
    }
    assertThat(array.writes(1)).isEqualTo(5);
  }

  @Test
  void apply_everyRowIsWritten_eachThatFailsIsRescued() {
    RowArray array = rows(THREE, 2, 4, 1);
    Leveller leveller = retire(array);
    for (int i = 0; i < 3; i++) {
      array.apply(new Selection.All(), i, leveller);
    }

    IterationWrites fourth = array.apply(new Selection.All(), 3, leveller);

    assertThat(fourth.physicalRows()).containsExactly(0, 1);
    assertThat(fourth.levellingRows()).containsExactly(2, 3);
  }

  @Test
  void apply_singleWeights_rowFailsWithTheFirstOfThem() {
    RowArray array = rows(THREE, 2, 4, 1);
    Leveller leveller = retire(array);
    Selection ofRow = new Selection.Cells(new int[] {0, 0}, new int[] {1, 2});
    Selection other = new Selection.Cells(new int[] {0}, new int[] {3});
    array.apply(ofRow, 0, leveller);
    array.apply(other, 1, leveller);
    array.apply(ofRow, 2, leveller);
    assertThat(array.apply(ofRow, 3, leveller).levellingRows()).isEmpty();

    IterationWrites fourthOfTheTwo = array.apply(ofRow, 4, leveller);

    assertThat(fourthOfTheTwo.physicalRows()).containsExactly(0, 0);
    assertThat(fourthOfTheTwo.levellingRows()).containsExactly(2);
  }

  @Test
  void exchange_withARetiredRow_contentFindsAnother() {
    RowArray array = rows(THREE, 1, 4, 1);
    Leveller leveller = retire(array);
    for (int i = 0; i < 4; i++) {
      write(array, leveller, 0);
    }
    assertThat(array.physicalRow(0)).isEqualTo(1);

    array.exchange(0, 1);

    // Row 1 is free again when the content looks for the least worn free row: that is row 2.
    assertThat(array.physicalRow(0)).isEqualTo(2);
    assertThat(array.writes(0)).isEqualTo(4);
    assertThat(array.writes(2)).isEqualTo(1);
  }

  @Test
  void restore_behindABlock_continuesThere() throws IOException {
    RowArray array = rows(THREE, 4, 2, 2);
    Leveller leveller = retire(array);
    for (int i = 0; i < 5; i++) {
      write(array, leveller, 1);
    }
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    array.save(new DataOutputStream(saved));

    RowArray other = rows(THREE, 4, 2, 2);
    Leveller otherLeveller = retire(other);
    other.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));

    assertThat(other.allWear()).isEqualTo(array.allWear());
    assertThat(write(other, otherLeveller, 1).physicalRows()).containsExactly(5);
    assertThat(write(other, otherLeveller, 1).levellingRows()).isEmpty();
  }

  @Test
  void stateBits_isTheMapABitAndTheBlockOfEachRow() {
    ArrayShape narrow = new ArrayShape(new LayerShape("fc", 60, 5), 64, 0);

    assertThat(policy().stateBits(settings(), array(64), 1_000_000))
        .isEqualTo(OptionalLong.of(64 * (6 + 6 + 1)));
    assertThat(policy().stateBits(settings(), narrow, 1_000_000))
        .isEqualTo(OptionalLong.of(64 * (6 + 4 + 1)));
    assertThat(policy().stateBits(new RetireLeveller.Settings(2, true), narrow, 1_000_000))
        .isEqualTo(OptionalLong.of(64 * (6 + 1 + 1)));
  }

  /** A block that failed counts as such blocks took on average: three writes, and the vain one. */
  @Test
  void wear_ofARowWithBlocks_countsFailedBlocksAlike() {
    RowArray array = rows(THREE, 2, 1, 4);
    Leveller leveller = retire(array);
    for (int i = 0; i < 4; i++) {
      write(array, leveller, 1);
    }

    // Four for block 0, and the write that went to block 1 instead.
    assertThat(array.wear(1)).isEqualTo(5);
    for (int i = 0; i < 2; i++) {
      write(array, leveller, 1);
    }
    assertThat(array.wear(1)).isEqualTo(7);
    assertThat(array.allWear()).isEqualTo(7);
  }
}
