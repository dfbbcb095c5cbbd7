package org.sgsars.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The first seeds, for a test of seconds; those up to a thousand: {@link ScheduleIT}. */
final class ScheduleTest {
  @Test
  void run_firstSeeds_giveTheUndisturbedReports() throws Exception {
    assertThat(new Schedules().problems(1, 50)).isEmpty();
  }

  @Test
  void run_sameSeedTwice_isTheSameSchedule() throws Exception {
    Schedules schedules = new Schedules();
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(schedules.outcome(seed)).isEqualTo(schedules.outcome(seed));
    }
  }
}
