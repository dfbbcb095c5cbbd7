package org.sgsars.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.KafkaSettings;

/** Runs experiments for tests. */
public final class Runs {
  public static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  public static final Policies POLICIES = Policies.onClassPath();

  private Runs() {}

  public static PreparedRun prepared(Path experiment, String run) throws Exception {
    return PreparedRun.of(ExperimentFile.read(experiment, POLICIES), POLICIES, run, Instant.EPOCH);
  }

  public static PreparedRun prepared(Path experiment, String run, long iterations)
      throws Exception {
    return PreparedRun.of(
        ExperimentFile.read(experiment, POLICIES).withIterations(iterations),
        POLICIES,
        run,
        Instant.EPOCH);
  }

  public static PipelineRun.Outcome run(Path experiment, int partitions, int instances, Path folder)
      throws Exception {
    return run(ExperimentFile.read(experiment, POLICIES), partitions, instances, folder);
  }

  public static PipelineRun.Outcome run(Path experiment, long iterations, Path folder)
      throws Exception {
    return run(ExperimentFile.read(experiment, POLICIES).withIterations(iterations), 4, 1, folder);
  }

  /** Runs an experiment on a broker of its own and writes its report. */
  private static PipelineRun.Outcome run(
      Experiment experiment, int partitions, int instances, Path folder) throws Exception {
    PreparedRun run = PreparedRun.of(experiment, POLICIES, "test", Instant.EPOCH);
    PipelineRun.Outcome outcome =
        new PipelineRun(
                run,
                POLICIES,
                PipelineRun.Options.embedded(partitions, instances)
                    .withWorkFolder(folder.resolve("work")))
            .execute(iterations -> {});
    ReportFolder.write(outcome.report(), folder);
    return outcome;
  }

  /** Access to a broker, under topics without a prefix. */
  public static KafkaAccess kafka(EmbeddedBroker broker, int partitions) {
    return new KafkaAccess(
        new KafkaSettings(
            broker.bootstrapServers(), "", partitions, -1, Duration.ofSeconds(15), Map.of()));
  }

  /** A report's text without when it was made. */
  public static String timeless(Path folder) throws Exception {
    return Files.readString(folder.resolve("report.json"))
        .replaceAll("\"(createdAt|finishedAt)\" : \"[^\"]*\"", "\"$1\" : \"\"")
        .replaceFirst("\"run\" : \"[^\"]*\"", "\"run\" : \"\"");
  }
}
