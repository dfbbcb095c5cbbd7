package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.model.Selection;

final class SecurityRefreshLevellerTest extends LevellerContract<SecurityRefreshLeveller.Settings> {
  @Override
  protected LevellerPolicy<SecurityRefreshLeveller.Settings> policy() {
    return new SecurityRefreshLeveller();
  }

  @Override
  protected SecurityRefreshLeveller.Settings settings() {
    return policy().settings(Map.of("interval", 2L));
  }

  /** After a whole round, and as many refreshed rows, every row lies at its index XOR one key. */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void afterWrite_afterARound_everyRowLiesByTheNewKey(long seed) {
    RowArray array = new RowArray(6, 8);
    Leveller leveller = policy().create(array, settings(), seed);

    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 8 * 2; i++) {
        array.apply(new Selection.Rows(new int[] {i % 6}), 16 * round + i, leveller);
      }
      int key = array.physicalRow(0);
      for (int row = 0; row < 8; row++) {
        assertThat(array.physicalRow(row)).isEqualTo(row ^ key);
      }
    }
  }

  /** 12 rows are regions of 8 and 4: no content leaves its own, and each counts its own writes. */
  @Test
  void afterWrite_noPowerOfTwo_regionsRefreshOnTheirOwn() {
    RowArray array = new RowArray(12, 12);
    Leveller leveller = policy().create(array, settings(), 4);
    TreeSet<Integer> places = new TreeSet<>();

    for (int i = 0; i < 400; i++) {
      array.apply(new Selection.Rows(new int[] {9}), i, leveller);
      places.add(array.physicalRow(9));
    }

    assertThat(places).containsExactly(8, 9, 10, 11);
    assertThat(Arrays.copyOf(array.logicalToPhysical(), 8)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void stateBits_regions_areTwoKeysAPointerAndACounterEach() {
    // 1536 = 1024 + 512 rows: addresses of 10 and 9 bits, counters to 100 of 7.
    assertThat(policy().stateBits(policy().settings(Map.of("interval", 100L)), array(1536), 1))
        .hasValue(3 * 10 + 7 + 3 * 9 + 7);
  }
}
