package org.sgsars.simulation;

import java.nio.file.Path;
import java.time.Instant;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.source.SourceException;

/**
 * What a schedule runs.
 *
 * @param replay gradients that are there, of every scheme
 * @param training gradients that follow from the crossbars
 * @param again another experiment, for a run whose name was taken before
 */
record Experiments(Policies policies, Experiment replay, Experiment training, Experiment again) {
  /** Name of the run that replays, and later of the one that takes its name. */
  static final String REPLAY = "replay";

  static final String TRAINING = "training";

  /**
   * @param folder where the files are
   */
  static Experiments in(Path folder) throws ExperimentException {
    Policies policies = Policies.onClassPath();
    return new Experiments(
        policies,
        ExperimentFile.read(folder.resolve("replay.yml"), policies),
        ExperimentFile.read(folder.resolve("training.yml"), policies),
        ExperimentFile.read(folder.resolve("again.yml"), policies));
  }

  PreparedRun prepared(Experiment experiment, String run, Instant now)
      throws SourceException, ExperimentException {
    return PreparedRun.of(experiment, policies, run, now);
  }
}
