package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/** How long a run has to be for a leveller to act. */
final class LeastIterationsTest {
  private static BoundLeveller<?> policy(String kind, Map<String, ?> settings) {
    return Policies.onClassPath()
        .require(PolicyFamily.LEVELLER, kind, LevellerPolicy.class)
        .bind(new PolicyChoice(kind, settings));
  }

  /**
   * Rounds come behind the last iteration of an interval, exchanges before the first of the next.
   * 100 written rows are 34 iterations of 3 rows, 3 * 33 = 99 being one too few.
   */
  @ParameterizedTest(name = "{0} {1}={2}, {3} rows per iteration: {4}")
  @CsvSource({
    "ars,interval,1024,1,1024",
    "ars,interval,1024,50,1024",
    "random-ars,interval,7,3,7",
    "refresh,interval,8192,1,8192",
    "endurer,interval,8192,3,8192",
    "detect-remap,interval,16384,3,16384",
    "cross-layer,interval,8192,1,8193",
    "start-gap,psi,100,1,100",
    "start-gap,psi,100,3,34",
    "start-gap,psi,1,50,1",
    "security-refresh,interval,100,1,100",
    "security-refresh,interval,100,50,2",
    "random-swap,interval,100,1,100",
    "random-swap,interval,100,3,34",
    "security-refresh,interval,1000000000,1,1000000000"
  })
  void leastIterations_byTheClockOrByWrittenRows(
      String kind, String setting, long value, int rowsPerIteration, long expected) {
    assertThat(policy(kind, Map.of(setting, value)).leastIterations(rowsPerIteration))
        .hasValue(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"none", "lru-swap", "threshold-swap", "out-of-place", "paced", "wear-rate"})
  void leastIterations_byTheWear_isNotSaid(String kind) {
    assertThat(policy(kind, Map.of()).leastIterations(1)).isEmpty();
  }

  @Test
  void leastIterations_startGap_isWhenItMoves() {
    RowArray array = new RowArray(4, 5);
    Leveller leveller = policy("start-gap", Map.of("psi", 100L)).create(array, 1);
    int moves = 0;
    for (int i = 0; i < 34; i++) {
      assertThat(moves).isZero();
      Selection three = new Selection.Rows(new int[] {0, 1, 2});
      moves = array.apply(three, i, leveller).levellingRows().length;
    }

    assertThat(moves).isEqualTo(1);
  }
}
