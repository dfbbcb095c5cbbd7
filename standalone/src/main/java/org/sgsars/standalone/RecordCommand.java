package org.sgsars.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
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

/** {@code sgs-ars trace record}. */
@Command(
    name = "record",
    description = "Runs an experiment, and keeps its gradients as a trace that can be replayed.",
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class,
    footer = {
      "",
      "Exit codes: 0 the trace is whole, 1 the run did not come to its end, 2 wrong input, 130 stopped by Ctrl-C."
    })
final class RecordCommand implements Callable<Integer>, Preflight.Prepares {
  @Mixin private final ExperimentOptions options = new ExperimentOptions();

  @Parameters(
      index = "1",
      paramLabel = "TRACE",
      description = "The trace to write, an Avro file; must not be there yet.")
  private Path trace = Path.of("");

  @Override
  public Experiment experiment(Policies policies) throws ExperimentException {
    return options.read(policies);
  }

  @Override
  public Integer call() {
    Policies policies = Policies.onClassPath();
    Path home = Objects.requireNonNullElse(trace.toAbsolutePath().getParent(), Path.of("/"));
    if (Files.exists(trace) || !Files.isDirectory(home)) {
      System.err.printf(
          "%s %s; name a new file in a folder that is there%n",
          trace, Files.exists(trace) ? "exists" : "is in no folder");
      return RunSession.WRONG_INPUT;
    }
    PreparedRun prepared;
    try {
      prepared =
          PreparedRun.of(experiment(policies), policies, "", Instant.now()).recordedTo(trace);
    } catch (ExperimentException | SourceException e) {
      System.err.println(e.getMessage());
      return RunSession.WRONG_INPUT;
    }
    int code =
        RunSession.run(
            prepared,
            policies,
            PipelineRun.Options.embedded(4, 1),
            options.folder(prepared.plan().run()),
            options.table(),
            OptionalInt.empty());
    if (Files.exists(trace)) {
      System.out.println("trace: " + trace);
    } else if (code == 0) {
      System.err.println(trace + " was not written; the report is whole");
      return RunSession.INCOMPLETE;
    }
    return code;
  }
}
