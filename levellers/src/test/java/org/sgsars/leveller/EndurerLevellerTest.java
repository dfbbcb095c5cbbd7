package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.model.Selection;

final class EndurerLevellerTest extends LevellerContract<EndurerLeveller.Settings> {
  @Override
  protected LevellerPolicy<EndurerLeveller.Settings> policy() {
    return new EndurerLeveller();
  }

  @Override
  protected EndurerLeveller.Settings settings() {
    return policy().settings(Map.of("interval", 50L));
  }

  private static RowArray.IterationWrites write(RowArray array, Leveller leveller, int iteration) {
    return array.apply(new Selection.Rows(new int[] {0}), iteration, leveller);
  }

  /** Of two rows the only offset is 1. */
  @Test
  void afterIteration_onTime_everyRowIsWrittenOnceAtTheNextPlace() {
    RowArray array = new RowArray(1, 2);
    Leveller leveller = policy().create(array, policy().settings(Map.of("interval", 2L)), 3);

    assertThat(write(array, leveller, 0).levellingRows()).isEmpty();
    RowArray.IterationWrites second = write(array, leveller, 1);

    assertThat(second.levellingRows()).containsExactly(1, 0);
    assertThat(second.movedLogicalRows()).containsExactly(0, 1);
    assertThat(second.movedToPhysicalRows()).containsExactly(1, 0);
    // Row 0: two updates and a shift; row 1: the shift. Then 0 lies in row 1, and back again.
    assertThat(array.writes()).containsExactly(3, 1);
    write(array, leveller, 2);
    write(array, leveller, 3);
    assertThat(array.logicalToPhysical()).containsExactly(0, 1);
    assertThat(array.writes()).containsExactly(4, 4);
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void afterIteration_everyRound_allRowsAreShiftedAlike(long seed) {
    RowArray array = new RowArray(5, 7);
    Leveller leveller = policy().create(array, policy().settings(Map.of("interval", 1L)), seed);
    for (int round = 0; round < 10; round++) {
      int before = array.physicalRow(0);

      write(array, leveller, round);

      int offset = array.physicalRow(0);
      assertThat(offset).isNotEqualTo(before);
      for (int row = 0; row < 7; row++) {
        assertThat(array.physicalRow(row)).isEqualTo((row + offset) % 7);
      }
    }
  }

  @Test
  void afterIteration_manySeeds_everyOffsetButNoneIsDrawn() {
    TreeSet<Integer> offsets = new TreeSet<>();
    for (long seed = 0; seed < 100; seed++) {
      RowArray array = new RowArray(4, 4);

      write(array, policy().create(array, policy().settings(Map.of("interval", 1L)), seed), 0);

      offsets.add(array.physicalRow(0));
    }

    assertThat(offsets).containsExactly(1, 2, 3);
  }

  @Test
  void afterIteration_oneRow_movesNothing() {
    RowArray array = new RowArray(1, 1);
    Leveller leveller = policy().create(array, policy().settings(Map.of("interval", 1L)), 1);

    assertThat(write(array, leveller, 0).levellingRows()).isEmpty();
  }

  @Test
  void stateBits_isTheOffset() {
    // Offsets up to 511 are 9 bits.
    assertThat(policy().stateBits(settings(), array(512), 1_000_000)).hasValue(9);
  }
}
