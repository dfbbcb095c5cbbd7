package org.sgsars.standalone;

import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.source.SourceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sgs-ars resume}. */
@Command(
    name = "resume",
    description = "Goes on with a run begun with run --keep that was killed or stopped.",
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class,
    footer = {
      "",
      "Exit codes: 0 the run is complete, 1 it is not, 2 wrong input, 130 stopped by Ctrl-C."
    })
final class ResumeCommand implements Callable<Integer>, Preflight.Prepares {
  @Mixin private final TableOptions table = new TableOptions();

  @Parameters(paramLabel = "DIR", description = "What the run was given as --out.")
  private Path folder = Path.of("");

  @Override
  public Experiment experiment(Policies policies) throws ExperimentException {
    return KeptRun.read(folder).experiment(folder, policies);
  }

  @Override
  public Integer call() {
    Policies policies = Policies.onClassPath();
    try {
      KeptRun kept = KeptRun.read(folder);
      PreparedRun prepared =
          PreparedRun.of(kept.experiment(folder, policies), policies, kept.run(), Instant.now());
      PipelineRun.Options pipeline =
          PipelineRun.Options.embedded(kept.partitions(), kept.instances())
              .keptIn(KeptRun.folder(folder));
      return RunSession.run(prepared, policies, pipeline, folder, table, OptionalInt.empty());
    } catch (ExperimentException | SourceException e) {
      System.err.println(e.getMessage());
      return RunSession.WRONG_INPUT;
    }
  }
}
