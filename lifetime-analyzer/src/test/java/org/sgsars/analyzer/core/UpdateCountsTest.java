package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Both columns 100 writes after 10 iterations; 140 and 100 after 20, and 200 and 180 after 30. */
final class UpdateCountsTest {
  private final UpdateCounts counts = new UpdateCounts();

  UpdateCountsTest() {
    counts.add(10, 100);
    counts.add(20, 140, 100);
    counts.add(30, 200, 180);
  }

  @Test
  void at_withinTheRun_isEvenlyBetweenTwoReports() {
    assertThat(counts.at(0, 50, 15)).hasValue(5);
    assertThat(counts.at(0, 100, 15)).hasValue(10);
    assertThat(counts.at(0, 120, 15)).hasValue(15);
    assertThat(counts.at(1, 120, 15)).hasValue(22.5);
  }

  /** From iteration 10 on, the last report of the first half, 5 and 4 an iteration. */
  @Test
  void at_pastTheRun_continuesAsSinceItsHalf() {
    assertThat(counts.at(0, 300, 15)).hasValue(50);
    assertThat(counts.at(1, 260, 15)).hasValue(50);
  }

  @Test
  void at_noReportInTheFirstHalf_continuesAsSinceTheBeginning() {
    assertThat(counts.at(0, 400, 5)).hasValue(60);
  }

  @Test
  void at_nothingIsWrittenAnyMore_isNever() {
    counts.add(40, 200, 180);
    counts.add(50, 200, 180);

    assertThat(counts.at(0, 200, 30)).hasValue(30);
    assertThat(counts.at(0, 201, 30)).isEmpty();
  }

  /** A wide layer's reports are thinned out; what lies between them is still even. */
  @Test
  void at_moreNumbersThanAreKept_isTheSame() {
    UpdateCounts wide = new UpdateCounts();
    for (int iterations = 1; iterations <= 2_000; iterations++) {
      long[] columns = new long[1_000];
      columns[999] = 3L * iterations;
      wide.add(iterations, columns);
    }

    assertThat(wide.at(999, 4_500, 1_000)).hasValue(1_500);
    assertThat(wide.at(999, 9_000, 1_000)).hasValue(3_000);
    assertThat(wide.at(0, 1, 1_000)).isEmpty();
  }
}
