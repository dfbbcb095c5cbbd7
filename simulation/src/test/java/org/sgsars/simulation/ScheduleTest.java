package org.sgsars.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The first seeds, for a test of seconds; those up to a thousand: {@link ScheduleIT}. */
final class ScheduleTest {
  static final Path EXPERIMENTS = Path.of("");

  /** If there is one: scripts/simulate.sh --seed S shows what happened in it. */
  static List<String> problems(long first, long last) throws Exception {
    return new Schedules(EXPERIMENTS)
        .outcomes(first, last)
        .flatMap(o -> o.problem().map(problem -> "seed " + o.seed() + ": " + problem).stream())
        .toList();
  }

  @Test
  void run_firstSeeds_giveTheUndisturbedReports() throws Exception {
    assertThat(problems(1, 50)).isEmpty();
  }

  @Test
  void run_sameSeedTwice_isTheSameSchedule() throws Exception {
    Schedules schedules = new Schedules(EXPERIMENTS);
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(schedules.outcome(seed)).isEqualTo(schedules.outcome(seed));
    }
  }
}
