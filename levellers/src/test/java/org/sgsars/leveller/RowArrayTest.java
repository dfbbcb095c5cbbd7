package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.model.Selection;

final class RowArrayTest {
  /** The crossbar receives ALL and no places, so they have to be those of before the moves. */
  @Test
  void apply_allRowsUnderALevellerThatMovesAtOnce_areWrittenWhereTheyLayBefore() {
    RowArray array = new RowArray(3, 4);
    Leveller lru = new LruSwapLeveller().create(array, new LruSwapLeveller.Settings(true), 1);
    array.apply(new Selection.All(), 0, lru);
    int[] before = array.logicalToPhysical();

    RowArray.IterationWrites writes = array.apply(new Selection.All(), 1, lru);

    assertThat(before).isNotEqualTo(new int[] {0, 1, 2, 3});
    assertThat(writes.physicalRows()).containsExactly(before[0], before[1], before[2]);
  }

  @Test
  void displace_occupiedRow_costsOneWriteWhereTheOtherContentGoes() {
    RowArray array = new RowArray(3, 3);

    array.displace(2, 0);

    // The update that follows is the write of row 0.
    assertThat(array.writes()).containsExactly(0, 0, 1);
    assertThat(array.logicalToPhysical()).containsExactly(2, 1, 0);
  }

  @Test
  void relocate_occupiedRow_isRefused() {
    assertThatThrownBy(() -> new RowArray(3, 4).relocate(2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Row 0 is not free");
  }

  @Test
  void track_contentsMoveAndAreWritten_orderFollows() {
    RowArray array = new RowArray(2, 4);
    WearIndex leastWornFree =
        array.track(row -> array.isFree(row) ? array.writes(row) : WearIndex.NO_PART);
    assertThat(leastWornFree.row()).isEqualTo(2);

    array.exchange(2, 3);
    array.relocate(0, 2);

    // Free are 0, never written, and 3, written once.
    assertThat(leastWornFree.row()).isZero();
  }

  @Test
  void rearrange_newOrder_writesTheRowsWhoseContentChanges() {
    RowArray array = new RowArray(2, 4);

    array.rearrange(new int[] {1, 0, 2, 3});

    assertThat(array.writes()).containsExactly(1, 1, 0, 0);
    assertThat(array.physicalRow(0)).isEqualTo(1);
  }

  @Test
  void rearrange_noPermutation_isRefused() {
    RowArray array = new RowArray(2, 4);

    for (int[] wrong : new int[][] {{0, 1, 2}, {0, 1, 2, 2}, {1, 2, 3, 4}}) {
      assertThatThrownBy(() -> array.rearrange(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Not a permutation of 4 physical rows");
    }
  }

  static Stream<Arguments> changesOfNoSuchRow() {
    return Stream.of(
        change("exchange", array -> array.exchange(0, 4), "physical row 4"),
        change("exchange, first", array -> array.exchange(-1, 2), "physical row -1"),
        change("rewrite", array -> array.rewrite(4), "physical row 4"),
        change("relocate", array -> array.relocate(0, 4), "physical row 4"),
        change("relocate, logical", array -> array.relocate(-1, 3), "logical row -1"),
        change("displace", array -> array.displace(0, -1), "physical row -1"),
        change("displace, logical", array -> array.displace(4, 0), "logical row 4"));
  }

  private static Arguments change(String name, Consumer<RowArray> change, String named) {
    return Arguments.of(Named.of(name, change), named);
  }

  @ParameterizedTest
  @MethodSource("changesOfNoSuchRow")
  void change_noSuchRow_isRefusedWithTheRowsThatThereAre(Consumer<RowArray> change, String named) {
    RowArray array = new RowArray(3, 4);

    assertThatThrownBy(() -> change.accept(array))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(named + " is outside [0, 4)");
    assertThat(array.writes()).containsOnly(0);
    assertThat(array.logicalToPhysical()).containsExactly(0, 1, 2, 3);
  }
}
