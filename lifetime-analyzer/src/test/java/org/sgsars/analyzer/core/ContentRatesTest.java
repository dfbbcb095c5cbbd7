package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Two contents in four rows, looked at after ten iterations and after twenty. */
final class ContentRatesTest {
  private static RetiringRows look(long iterations, double[] written, int[] places, int... failed) {
    boolean[] isFailed = new boolean[written.length];
    for (int row : failed) {
      isFailed[row] = true;
    }
    return new RetiringRows(iterations, written, places, isFailed);
  }

  @Test
  void lasting_contentsStay_isAllOfIt() {
    ContentRates rates =
        new ContentRates(
            look(10, new double[] {10, 30, 0, 0}, new int[] {0, 1}),
            look(20, new double[] {30, 60, 0, 0}, new int[] {0, 1}));

    assertThat(rates.lasting()).isEqualTo(1);
    assertThat(rates.all()).isEqualTo(5);
    assertThat(rates.ofContents()).containsExactly(2, 3);
  }

  /** Row 1 has failed after 35: 20 writes are its content's, in two rows. */
  @Test
  void ofContents_rowHasFailed_contentHasWhatTheOthersDoNotAccountFor() {
    ContentRates rates =
        new ContentRates(
            look(10, new double[] {10, 30, 0, 0}, new int[] {0, 1}),
            look(20, new double[] {30, 35, 15, 0}, new int[] {0, 2}, 1));

    assertThat(rates.lasting()).isEqualTo(1);
    assertThat(rates.ofContents()).containsExactly(2, 2);
  }

  /** Both have moved, and every row has the same writes in the end. */
  @Test
  void lasting_rowsAreLevelled_isNothing() {
    ContentRates rates =
        new ContentRates(
            look(10, new double[] {10, 30, 0, 0}, new int[] {0, 1}),
            look(20, new double[] {30, 30, 30, 30}, new int[] {2, 3}));

    assertThat(rates.lasting()).isZero();
    assertThat(rates.all()).isEqualTo(8);
  }

  /**
   * Of the 40 later writes 30 went to the content that has not moved. Excesses are 10, 0, -5, -5
   * before, where 10, 10, -10, -10 would be two contents that are written alike, and 20, -10, 0,
   * -10 later: a slope of 250 / 400.
   */
  @Test
  void lasting_someContentsMove_isAtLeastTheShareOfTheOthers() {
    ContentRates rates =
        new ContentRates(
            look(10, new double[] {20, 10, 5, 5}, new int[] {0, 1}),
            look(20, new double[] {50, 10, 15, 5}, new int[] {0, 2}));

    assertThat(rates.lasting()).isCloseTo(0.75, within(1e-12));
  }

  /** The same rows, but nobody lies where he lay. */
  @Test
  void lasting_allContentsMove_isTheSlope() {
    ContentRates rates =
        new ContentRates(
            look(10, new double[] {20, 10, 5, 5}, new int[] {0, 1}),
            look(20, new double[] {50, 10, 15, 5}, new int[] {1, 0}));

    assertThat(rates.lasting()).isCloseTo(0.625, within(1e-12));
  }

  /**
   * Rows that are nearly level say little: excesses of 1 and -1 that last are nothing beside those
   * of 10 if two contents had stayed in two of four rows.
   */
  @Test
  void lasting_rowsAreNearlyLevel_isNearlyNothing() {
    ContentRates rates =
        new ContentRates(
            look(10, new double[] {11, 9, 11, 9}, new int[] {0, 1}),
            look(20, new double[] {22, 18, 22, 18}, new int[] {2, 3}));

    assertThat(rates.lasting()).isCloseTo(4.0 / 400, within(1e-12));
  }
}
