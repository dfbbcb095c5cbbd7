package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RowLivesTest {
  private static RowLives rows(int logicalRows, double[] written, double... survived) {
    return new RowLives(logicalRows, written, survived, new boolean[survived.length]);
  }

  private static RowLives fresh(int logicalRows, double... survived) {
    return rows(logicalRows, new double[survived.length], survived);
  }

  /** Two of four rows are needed: the third failure is one too many, and its row survives 30. */
  @Test
  void levelled_freshRows_takeNoMoreThanTheRowThatEndsIt() {
    assertThat(fresh(2, 40, 10, 30, 20).levelled()).isEqualTo(10 + 20 + 30 + 30);
  }

  /** Every row is needed, so the weakest ends it. */
  @Test
  void levelled_noFreeRow_isTheWeakestTimesAll() {
    assertThat(fresh(3, 40, 10, 30).levelled()).isEqualTo(3 * 10);
  }

  /** Rows that are further than the level get nothing more. */
  @Test
  void levelled_wornRows_takeWhatIsLeft() {
    assertThat(rows(2, new double[] {5, 35, 0}, 10, 40, 30).levelled()).isEqualTo(5 + 0 + 30);
  }

  @Test
  void levelled_someHaveFailed_theOthersEndIt() {
    RowLives rows =
        new RowLives(
            2,
            new double[] {50, 0, 0, 0},
            new double[] {50, 20, 30, 40},
            new boolean[] {true, false, false, false});

    assertThat(rows.levelled()).isEqualTo(20 + 30 + 30);
  }

  /**
   * The row without which two are left has half of its life: so have all, but the one with less.
   */
  @Test
  void byEndurance_rowThatEndsItHasHalfOfItsLife_allUseUpAsMuch() {
    assertThat(rows(2, new double[] {15, 20, 0}, 20, 40, 100).byEndurance()).isEqualTo(5 + 20 + 50);
  }

  /**
   * Contents of 2 and 1 writes per iteration in rows of 20 and 40; free are rows of 10 and 30. The
   * first fails at 10, goes on until 15 and then until 30; the other fails at 40. The third failure
   * is at 30.
   */
  @Test
  void ifContentsStay_eachGoesOnInTheNextFreeRow() {
    assertThat(fresh(2, 20, 40, 10, 30).ifContentsStay(new int[] {0, 1}, new double[] {2, 1}))
        .isEqualTo(30);
  }

  /** The less worn of two free rows comes first: 20 / 2, then 30 / 2, then 5 / 2. */
  @Test
  void ifContentsStay_freeRowsAreWorn_takesTheLeastWornFirst() {
    RowLives rows = rows(1, new double[] {0, 5, 0}, 20, 10, 30);

    assertThat(rows.ifContentsStay(new int[] {0}, new double[] {2})).isEqualTo(10 + 15 + 2.5);
  }

  @Test
  void ifContentsStay_nothingIsWritten_isNever() {
    assertThat(fresh(1, 20, 10).ifContentsStay(new int[] {0}, new double[] {0}))
        .isEqualTo(Double.POSITIVE_INFINITY);
  }
}
