package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StartingPointTest {
  @ParameterizedTest(name = "snapshot {0}, done by another {1}, log from {2}")
  @CsvSource({
    // Nothing is there yet.
    "-1,   0,   0, BEGINNING,           0",
    "40,   0,   0, SNAPSHOT,           40",
    // The next record is the first of the log: nothing is missing.
    "40,   0,  40, SNAPSHOT,           40",
    // Records 40 to 99 are deleted, and the snapshot does not have them.
    "40,   0, 100, LOST,              100",
    "-1,   0, 100, LOST,              100",
    "40,  60,   0, COMMIT_OF_ANOTHER,  60",
    "-1,  60,   0, COMMIT_OF_ANOTHER,  60",
    "80,  60,   0, SNAPSHOT,           80",
    "40,  60, 100, COMMIT_OF_ANOTHER, 100",
    "80,  60, 100, COMMIT_OF_ANOTHER, 100",
  })
  void of_snapshotAndLog_neverJumpsAGap(
      long snapshot, long done, long logStart, StartingPoint.From from, long offset) {
    OptionalLong known = snapshot < 0 ? OptionalLong.empty() : OptionalLong.of(snapshot);

    StartingPoint start = StartingPoint.of(known, done, logStart);

    assertThat(start).isEqualTo(new StartingPoint(from, offset));
    assertThat(start.isLate())
        .isEqualTo(from == StartingPoint.From.LOST || from == StartingPoint.From.COMMIT_OF_ANOTHER);
  }
}
