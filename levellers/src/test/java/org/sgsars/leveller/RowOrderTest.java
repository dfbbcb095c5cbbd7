package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RowOrderTest {
  @Test
  void byWrites_equalWrites_areInTheOrderOfTheirIndex() {
    assertThat(RowOrder.byWrites(new long[] {7, 3, 7, 0, 3})).containsExactly(3, 1, 4, 0, 2);
  }

  /** The difference of the writes times the rows is more than a long can be. */
  @Test
  void byWrites_largestDifference_isSortedToo() {
    assertThat(RowOrder.byWrites(new long[] {Long.MAX_VALUE, 0, Long.MAX_VALUE, 1}))
        .containsExactly(1, 3, 0, 2);
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void byWrites_anyWrites_isAStableSort(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long base = random.nextLong(1L << 60);
    long[] writes = random.longs(500, base, base + 100).toArray();

    assertThat(RowOrder.byWrites(writes))
        .containsExactly(
            IntStream.range(0, writes.length)
                .boxed()
                .sorted(Comparator.comparingLong(row -> writes[row]))
                .mapToInt(Integer::intValue)
                .toArray());
  }
}
