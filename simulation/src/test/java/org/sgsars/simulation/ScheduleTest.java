package org.sgsars.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;

final class ScheduleTest {
  private static final long SEEDS = 300;
  private static final Policies POLICIES = Policies.onClassPath();
  private static Experiment experiment = experiment();
  private static Map<String, String> expected = Map.of();

  private static Experiment experiment() {
    try {
      return ExperimentFile.read(Path.of("experiment.yml"), POLICIES);
    } catch (org.sgsars.experiment.ExperimentException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void runUndisturbed() throws IOException {
    expected = Schedule.undisturbed(experiment, POLICIES, 2);
  }

  private static Schedule.Outcome outcome(long seed) {
    try {
      return Schedule.run(seed, experiment, POLICIES, expected);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** If one is another: scripts/simulate.sh --seed S shows what happened in it. */
  @Test
  void run_manySeeds_giveTheUndisturbedReports() {
    List<String> problems =
        LongStream.rangeClosed(1, SEEDS)
            .parallel()
            .mapToObj(ScheduleTest::outcome)
            .flatMap(o -> o.problem().map(problem -> "seed " + o.seed() + ": " + problem).stream())
            .toList();

    assertThat(problems).isEmpty();
  }

  @Test
  void run_sameSeedTwice_isTheSameSchedule() {
    for (long seed = 1; seed <= 20; seed++) {
      assertThat(outcome(seed)).isEqualTo(outcome(seed));
    }
  }
}
