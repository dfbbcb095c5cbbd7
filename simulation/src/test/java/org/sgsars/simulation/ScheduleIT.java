package org.sgsars.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** With those of {@link ScheduleTest} a thousand seeds, in less than a minute on two cores. */
final class ScheduleIT {
  @Test
  void run_manySeeds_giveTheUndisturbedReports() throws Exception {
    assertThat(ScheduleTest.problems(51, 1000, Snapshots.LOG)).isEmpty();
  }

  @Test
  void run_manySeedsOnAFolder_giveTheUndisturbedReports() throws Exception {
    assertThat(ScheduleTest.problems(51, 350, Snapshots.FOLDER)).isEmpty();
  }
}
