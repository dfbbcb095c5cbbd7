package org.sgsars.standalone;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that run an experiment are given. */
final class ExperimentOptions {
  @Parameters(index = "0", paramLabel = "EXPERIMENT", description = "The experiment file.")
  private Path file = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the report (default: out/RUN).")
  private @Nullable Path out;

  @Option(names = "--iterations", paramLabel = "N", description = "Instead of the file's.")
  private @Nullable Long iterations;

  @Mixin private final TableOptions table = new TableOptions();

  /** How the report is printed. */
  TableOptions table() {
    return table;
  }

  /** The experiment, with the iterations that are asked for. */
  Experiment read(Policies policies) throws ExperimentException {
    return ExperimentFile.read(file, policies).withIterationsOr(iterations, "--iterations");
  }

  /** Folder of the run's report. */
  Path folder(String run) {
    return out == null ? Path.of("out", run) : out;
  }
}
