package org.sgsars.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The first seeds, for a test of seconds; those up to a thousand: {@link ScheduleIT}. */
final class ScheduleTest {
  static final Path EXPERIMENTS = Path.of("");

  /** If there is one: scripts/simulate.sh --seed S shows what happened in it. */
  static List<String> problems(long first, long last, Snapshots snapshots) throws Exception {
    return new Schedules(EXPERIMENTS, snapshots)
        .outcomes(first, last)
        .flatMap(o -> o.problem().map(problem -> "seed " + o.seed() + ": " + problem).stream())
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void run_firstSeeds_giveTheUndisturbedReports(Snapshots snapshots) throws Exception {
    assertThat(problems(1, 50, snapshots)).isEmpty();
  }

  /**
   * Seeds among the first 100,000 that found something: updates sent again after a loss (5851), a
   * name that was retired and given away while a service started (45101), a torn state in the place
   * of the next (54381), records deleted between a restart and its first poll (6843).
   */
  @ParameterizedTest
  @ValueSource(longs = {5851, 6843, 45101, 54381})
  void run_seedThatFoundABug_findsItNoMore(long seed) throws Exception {
    assertThat(problems(seed, seed, Snapshots.FOLDER)).isEmpty();
  }

  /**
   * The same with snapshots in the log: a run that its producer resumed after all its wear had
   * come, and whose report was not written again (28880, 61184); an instance that missed a
   * retirement and came upon the next run of the name (151384); a producer that was closed behind a
   * lost record, and sent what was behind that (229110, 297746).
   */
  @ParameterizedTest
  @ValueSource(longs = {28880, 61184, 151384, 229110, 297746})
  void run_seedThatFoundABugWithSnapshotsInTheLog_findsItNoMore(long seed) throws Exception {
    assertThat(problems(seed, seed, Snapshots.LOG)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void run_sameSeedTwice_isTheSameSchedule(Snapshots snapshots) throws Exception {
    Schedules schedules = new Schedules(EXPERIMENTS, snapshots);
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(schedules.outcome(seed)).isEqualTo(schedules.outcome(seed));
    }
  }
}
