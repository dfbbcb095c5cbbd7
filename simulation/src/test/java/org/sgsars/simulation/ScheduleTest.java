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
import org.sgsars.experiment.ExperimentException;

final class ScheduleTest {
  private static final long SEEDS = 1000;
  private static final Experiments EXPERIMENTS = experiments();
  private static Schedule.Expected expected = new Schedule.Expected(Map.of(), "");

  private static Experiments experiments() {
    try {
      return Experiments.in(Path.of(""));
    } catch (ExperimentException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void runUndisturbed() throws IOException {
    expected = Schedule.undisturbed(EXPERIMENTS);
  }

  private static Schedule.Outcome outcome(long seed) {
    try {
      return Schedule.run(seed, EXPERIMENTS, expected);
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
