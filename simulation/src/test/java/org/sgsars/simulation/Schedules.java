package org.sgsars.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.sgsars.experiment.ExperimentException;

/** Schedules of the experiments that come with the simulation, beside the undisturbed one. */
final class Schedules {
  private final Experiments experiments;
  private final Schedule.Expected expected;

  Schedules() throws IOException, ExperimentException {
    experiments = Experiments.in(Path.of(""));
    expected = Schedule.undisturbed(experiments);
  }

  Schedule.Outcome outcome(long seed) {
    try {
      return Schedule.run(seed, experiments, expected);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What is wrong in the schedules of some seeds. If anything is: scripts/simulate.sh --seed S
   * shows what happened in it.
   *
   * @param last the last seed
   */
  List<String> problems(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .parallel()
        .mapToObj(this::outcome)
        .flatMap(o -> o.problem().map(problem -> "seed " + o.seed() + ": " + problem).stream())
        .toList();
  }
}
