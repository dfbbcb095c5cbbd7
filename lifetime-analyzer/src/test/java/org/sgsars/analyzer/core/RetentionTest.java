package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Times are small numbers of milliseconds; clocks differ by at most 5. */
final class RetentionTest {
  private static final Retention.Times TIMES =
      new Retention.Times(Duration.ofMillis(100), Duration.ofMillis(1000), Duration.ofMillis(5));

  private final Retention retention = new Retention(TIMES);

  @Test
  void due_runIsDone_whenNothingWasHeardOfItForItsTime() {
    retention.seen("r", 10);
    retention.seen("r", 50);
    retention.seen("r", 40);

    assertThat(retention.due(149, run -> true)).isEmpty();
    assertThat(retention.due(150, run -> true)).containsExactly("r");
  }

  @Test
  void due_runIsNotDone_afterTheLongerTime() {
    retention.seen("r", 50);

    assertThat(retention.due(1049, run -> false)).isEmpty();
    assertThat(retention.due(1050, run -> false)).containsExactly("r");
  }

  @Test
  void ahead_recordOfAnotherClock_isWhatClocksMayNotDifferBy() {
    assertThat(retention.ahead(0)).isNegative();
    retention.seen("r", 1000);

    // 5 ms are allowed: of 20 ms ahead 15 are too many.
    assertThat(retention.ahead(980)).isEqualTo(Duration.ofMillis(15));
    assertThat(retention.ahead(995)).isZero();
  }

  @Test
  void due_runIsRetired_notAgain() {
    retention.seen("r", 0);
    retention.retired("r", 100);

    assertThat(retention.due(5000, run -> true)).isEmpty();
    assertThat(retention.isRetired("r")).isTrue();
    assertThat(retention.isRetired("other")).isFalse();
  }

  @Test
  void recordsFrom_runThatIsNotRetired_fromBeforeItsAnnouncement() {
    retention.seen("old", 10);
    retention.seen("young", 60);
    retention.seen("old", 90);
    assertThat(retention.recordsFrom(200)).isEqualTo(5);

    retention.retired("old", 190);
    assertThat(retention.recordsFrom(200)).isEqualTo(55);

    retention.retired("young", 200);
    assertThat(retention.recordsFrom(200)).isEqualTo(195);
  }

  @Test
  void recordsFrom_earlierRecordIsReadLater_counts() {
    retention.seen("r", 90);
    retention.announced("r", 10);

    assertThat(retention.recordsFrom(200)).isEqualTo(5);
    assertThat(retention.due(189, run -> true)).isEmpty();
  }

  @Test
  void announced_afterItWasRetired_isAnotherRun() {
    retention.announced("r", 10);
    retention.retired("r", 200);
    retention.announced("r", 300);

    assertThat(retention.isRetired("r")).isFalse();
    assertThat(retention.recordsFrom(350)).isEqualTo(295);
  }

  /** Its records from 60 to 190 are still there, and must not look like those of a run unknown. */
  @Test
  void runsFrom_retiredRunOverlapsWithOneThatIsNot_itsAnnouncementIsKept() {
    retention.seen("old", 10);
    retention.seen("young", 60);
    retention.retired("old", 190);

    assertThat(retention.runsFrom(200)).isEqualTo(5);

    retention.retired("young", 300);
    assertThat(retention.runsFrom(304)).isEqualTo(55);
    assertThat(retention.runsFrom(310)).isEqualTo(305);
  }

  /** Else runs that follow each other in pairs would keep all that ever were. */
  @Test
  void runsFrom_chainOfOverlaps_onlyThoseThatTouchWhatIsKept() {
    retention.seen("a", 10);
    retention.seen("b", 60);
    retention.seen("c", 210);
    retention.retired("a", 190);
    retention.retired("b", 290);

    // c is kept, with it what is known of b, but a ended before c began.
    assertThat(retention.runsFrom(300)).isEqualTo(55);
  }

  @Test
  void lettersFrom_noRuns_lettersAreKeptForTheTimeOfDoneRuns() {
    assertThat(retention.lettersFrom(1000)).isEqualTo(900);
  }

  @Test
  void evictBefore_announcementIsDeleted_nothingIsKnownAnyMore() {
    retention.seen("r", 0);
    retention.retired("r", 100);

    retention.evictBefore(100);
    assertThat(retention.isRetired("r")).isTrue();
    retention.evictBefore(101);
    assertThat(retention.isRetired("r")).isFalse();
  }

  @Test
  void times_negative_areRefused() {
    assertThatThrownBy(
            () -> new Retention.Times(Duration.ofMillis(-1), Duration.ZERO, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Runs are to be kept for PT-0.001S, unfinished ones for PT0S, clocks to differ by PT0S; allowed: nothing below 0");
  }
}
