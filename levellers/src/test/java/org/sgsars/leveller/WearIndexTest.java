package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WearIndexTest {
  @ParameterizedTest(name = "rows={0}")
  @ValueSource(ints = {1, 2, 3, 7, 8, 9, 128, 200})
  void row_anyWrites_isTheFirstOfTheFewest(int rows) {
    long[] writes = new long[rows];
    WearIndex leastWorn = new WearIndex(rows, row -> writes[row]);
    SplittableRandom random = new SplittableRandom(rows);

    for (int i = 0; i < 2_000; i++) {
      int row = random.nextInt(rows);
      writes[row]++;
      leastWorn.changed(row);
      assertThat(leastWorn.row()).isEqualTo(firstOfTheFewest(writes));
    }
  }

  private static int firstOfTheFewest(long[] writes) {
    int first = 0;
    for (int row = 1; row < writes.length; row++) {
      first = writes[row] < writes[first] ? row : first;
    }
    return first;
  }
}
