package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** 100 writes after 10 iterations, 140 after 20 and 200 after 30. */
final class UpdateCountsTest {
  private final UpdateCounts counts = new UpdateCounts();

  UpdateCountsTest() {
    counts.add(10, 100);
    counts.add(20, 140);
    counts.add(30, 200);
  }

  @Test
  void at_withinTheRun_isEvenlyBetweenTwoReports() {
    assertThat(counts.at(50, 15)).hasValue(5);
    assertThat(counts.at(100, 15)).hasValue(10);
    assertThat(counts.at(120, 15)).hasValue(15);
  }

  /** From iteration 10 on, the last report of the first half, 5 an iteration. */
  @Test
  void at_pastTheRun_goesOnAsSinceItsHalf() {
    assertThat(counts.at(300, 15)).hasValue(50);
  }

  @Test
  void at_noReportInTheFirstHalf_goesOnAsSinceTheBeginning() {
    assertThat(counts.at(400, 5)).hasValue(60);
  }

  @Test
  void at_nothingIsWrittenAnyMore_isNever() {
    counts.add(40, 200);
    counts.add(50, 200);

    assertThat(counts.at(200, 30)).hasValue(30);
    assertThat(counts.at(201, 30)).isEmpty();
  }
}
