package org.sgsars.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.sgsars.experiment.ExperimentException;

/** The schedules of seeds, each of which is compared with the undisturbed one. */
final class Schedules {
  private final Experiments experiments;
  private final Snapshots snapshots;
  private final Schedule.Expected expected;

  /**
   * @param folder where the experiments are
   * @param snapshots where services keep them
   */
  Schedules(Path folder, Snapshots snapshots) throws IOException, ExperimentException {
    this.snapshots = snapshots;
    experiments = Experiments.in(folder);
    expected = Schedule.undisturbed(experiments);
  }

  Schedule.Outcome outcome(long seed) {
    try {
      return Schedule.run(seed, experiments, snapshots, expected);
    } catch (IOException e) {
      throw new UncheckedIOException("seed " + seed, e);
    }
  }

  /**
   * Those of a range of seeds, by as many threads as there are processors.
   *
   * @param last the last seed
   */
  Stream<Schedule.Outcome> outcomes(long first, long last) {
    return LongStream.rangeClosed(first, last).parallel().mapToObj(this::outcome);
  }
}
