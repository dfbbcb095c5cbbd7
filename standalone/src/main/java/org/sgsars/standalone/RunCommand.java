package org.sgsars.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.failure.ServiceException;
import org.sgsars.file.FileProblem;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.service.KafkaProperties;
import org.sgsars.source.SourceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sgs-ars run}. */
@Command(
    name = "run",
    description = "Runs an experiment through the whole pipeline in this process.",
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class,
    footer = {
      "",
      "Exit codes: 0 the run is complete, 1 it is not, 2 wrong input, 130 stopped by Ctrl-C."
    })
final class RunCommand implements Callable<Integer>, Preflight.Prepares {
  /** There are eleven topics of so many; more only cost files and memory. */
  private static final int MOST_PARTITIONS = 1000;

  /** Threads of each of three services, and two clients of Kafka for each. */
  private static final int MOST_INSTANCES = 100;

  @Mixin private final ExperimentOptions options = new ExperimentOptions();

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description =
          "Use this Kafka cluster, with topics of the run's own, instead of starting a broker.")
  private @Nullable String bootstrap;

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description =
          "With --bootstrap: settings of the Kafka clients, one NAME=VALUE a line, such as security.protocol=SASL_SSL.")
  private @Nullable Path kafkaProperties;

  @Option(
      names = "--in-memory",
      description =
          "Pass the services' records through this process's memory instead of starting a broker; changes no result.")
  private boolean inMemory;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Partitions of the topics, 1 to 1000 (default: ${DEFAULT-VALUE}); changes no result.",
      defaultValue = "4")
  private int partitions;

  @Option(
      names = "--instances",
      paramLabel = "N",
      description =
          "Instances of each middle service, 1 to 100 (default: ${DEFAULT-VALUE}); changes no result.",
      defaultValue = "1")
  private int instances;

  @Option(
      names = "--keep",
      description =
          "Keep broker and states in the report's folder until the run is complete, so that resume can continue it.")
  private boolean keep;

  @Option(
      names = "--open",
      description = "Show the run in the browser while it goes on, and afterwards until Ctrl-C.")
  private boolean open;

  @Option(
      names = "--port",
      paramLabel = "N",
      description =
          "With --open: port of the page on 127.0.0.1; 0 for one that is free (default: ${DEFAULT-VALUE}).",
      defaultValue = "8090")
  private int port;

  @Override
  public Experiment experiment(Policies policies) throws ExperimentException {
    return options.read(policies);
  }

  @Override
  public Integer call() {
    if (!NumberOption.isWithin("--partitions", partitions, 1, MOST_PARTITIONS)
        || !NumberOption.isWithin("--instances", instances, 1, MOST_INSTANCES)
        || !NumberOption.isWithin("--port", port, 0, NumberOption.LAST_PORT)) {
      return RunSession.WRONG_INPUT;
    }
    if (kafkaProperties != null && bootstrap == null) {
      System.err.println("--kafka-properties goes with --bootstrap HOST:PORT");
      return RunSession.WRONG_INPUT;
    }
    if (keep && bootstrap != null) {
      System.err.println(
          "--keep is for a broker of the run's own; a cluster keeps what it has by itself");
      return RunSession.WRONG_INPUT;
    }
    if (inMemory && bootstrap != null) {
      System.err.println(
          "--in-memory and --bootstrap exclude each other: a log in memory is in no cluster");
      return RunSession.WRONG_INPUT;
    }
    if (inMemory && keep) {
      System.err.println(
          "--in-memory and --keep exclude each other: a log in memory ends with the process, so that resume would find none of its records");
      return RunSession.WRONG_INPUT;
    }
    Policies policies = Policies.onClassPath();
    PreparedRun prepared;
    try {
      Experiment experiment = experiment(policies);
      prepared = PreparedRun.of(experiment, policies, "", Instant.now());
    } catch (ExperimentException | SourceException e) {
      System.err.println(e.getMessage());
      return RunSession.WRONG_INPUT;
    }
    Path folder = options.folder(prepared.plan().run());
    if (KeptRun.isIn(folder)) {
      System.err.printf(
          "%s holds a run that did not come to its end; continue it by ./sgs-ars resume %s, remove %s, or choose another folder by --out%n",
          folder, folder, KeptRun.folder(folder));
      return RunSession.WRONG_INPUT;
    }
    PipelineRun.Options pipeline =
        inMemory
            ? PipelineRun.Options.inMemory(partitions, instances)
            : PipelineRun.Options.embedded(partitions, instances);
    try {
      if (bootstrap != null) {
        pipeline =
            pipeline.withCluster(
                bootstrap,
                kafkaProperties == null ? Map.of() : KafkaProperties.read(kafkaProperties));
      }
      if (keep) {
        keep(prepared, folder);
        pipeline = pipeline.keptIn(KeptRun.folder(folder));
      }
    } catch (ServiceException e) {
      System.err.println(e.getMessage());
      return RunSession.WRONG_INPUT;
    }
    return RunSession.run(
        prepared,
        policies,
        pipeline,
        folder,
        options.table(),
        open ? OptionalInt.of(port) : OptionalInt.empty());
  }

  private void keep(PreparedRun prepared, Path folder) {
    Experiment experiment = prepared.experiment();
    try {
      new KeptRun(
              prepared.plan().run(),
              experiment.file().toAbsolutePath(),
              experiment.origin().filesRead().stream().map(Path::toAbsolutePath).toList(),
              prepared.plan().iterations(),
              partitions,
              instances)
          .write(folder, experiment.text());
    } catch (IOException e) {
      throw new ServiceException(
          "The run cannot be kept in %s: %s".formatted(folder, FileProblem.reason(e)), e);
    }
  }
}
