package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class EvennessTest {
  @Test
  void gini_allAlike_isZero() {
    assertThat(Evenness.gini(new long[] {7, 7, 7, 7})).isZero();
  }

  /** Of n, one has everything: (n - 1) / n. */
  @Test
  void gini_oneHasAll_isNearlyOne() {
    assertThat(Evenness.gini(new long[] {0, 0, 12, 0})).isEqualTo(0.75);
  }

  /** Mean difference of all pairs over twice the mean: (1 + 3 + 2) * 2 / 9 / (2 * 7 / 3). */
  @Test
  void gini_someValues_asWorkedOutByHand() {
    assertThat(Evenness.gini(new long[] {4, 1, 2})).isCloseTo(12.0 / 9 / (14.0 / 3), within(1e-15));
  }

  @Test
  void gini_nothingWritten_isZero() {
    assertThat(Evenness.gini(new long[] {0, 0})).isZero();
    assertThat(Evenness.gini(new long[0])).isZero();
  }
}
