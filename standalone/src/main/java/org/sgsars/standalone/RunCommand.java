package org.sgsars.standalone;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.report.LifetimeTable;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.contract.experiment.Experiment;
import org.sgsars.contract.experiment.ExperimentException;
import org.sgsars.contract.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.producer.core.SourceException;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.KafkaProperties;
import org.sgsars.service.ServiceException;
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
final class RunCommand implements Callable<Integer> {
  private static final int INCOMPLETE = 1;
  private static final int WRONG_INPUT = 2;
  private static final int INTERRUPTED = 130;

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
      names = "--partitions",
      paramLabel = "N",
      description = "Partitions of the topics (default: ${DEFAULT-VALUE}); changes no result.",
      defaultValue = "4")
  private int partitions;

  @Option(
      names = "--instances",
      paramLabel = "N",
      description =
          "Instances of each middle service (default: ${DEFAULT-VALUE}); changes no result.",
      defaultValue = "1")
  private int instances;

  @Override
  public Integer call() {
    if (partitions < 1 || instances < 1) {
      System.err.println("--partitions and --instances: allowed: a whole number of at least 1");
      return WRONG_INPUT;
    }
    if (kafkaProperties != null && bootstrap == null) {
      System.err.println("--kafka-properties goes with --bootstrap HOST:PORT");
      return WRONG_INPUT;
    }
    Policies policies = Policies.onClassPath();
    PreparedRun prepared;
    try {
      Experiment experiment = options.read(policies);
      prepared = PreparedRun.of(experiment, policies, "", Instant.now());
    } catch (ExperimentException | SourceException e) {
      System.err.println(e.getMessage());
      return WRONG_INPUT;
    }
    Path folder = options.folder(prepared.plan().run());
    try {
      // Before the run: it would be a pity afterwards.
      ReportFolder.prepare(folder);
    } catch (UncheckedIOException e) {
      System.err.println(e.getMessage());
      return WRONG_INPUT;
    }
    try {
      return run(prepared, policies, folder);
    } catch (ServiceException | UncheckedIOException e) {
      System.err.println(e.getMessage());
      return INCOMPLETE;
    }
  }

  private int run(PreparedRun prepared, Policies policies, Path folder) {
    prepared.source().notices().forEach(notice -> System.err.println("note: " + notice));
    PipelineRun.Options pipeline = PipelineRun.Options.embedded(partitions, instances);
    if (bootstrap != null) {
      pipeline =
          pipeline.withCluster(
              bootstrap,
              kafkaProperties == null ? Map.of() : KafkaProperties.read(kafkaProperties));
    }
    PipelineRun run = new PipelineRun(prepared, policies, pipeline);
    CountDownLatch finished = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread hook = new Thread(() -> stop(run, interrupted, finished), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      AtomicBoolean complete = new AtomicBoolean();
      try (RunProgress progress =
          RunProgress.onStandardError(
              prepared.plan().iterations(), RunProducer.bytesPerIteration(prepared.plan()))) {
        run.execute(
            progress,
            outcome -> {
              progress.finish();
              complete.set(outcome.report().complete());
              tell(outcome, folder);
            });
      }
      return complete.get() ? 0 : interrupted.get() ? INTERRUPTED : INCOMPLETE;
    } finally {
      finished.countDown();
      if (!interrupted.get()) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }

  private static void tell(PipelineRun.Outcome outcome, Path folder) {
    System.out.println(LifetimeTable.render(outcome.report()));
    ReportFolder.write(outcome.report(), folder);
    System.out.println("report: " + folder.resolve("report.html"));
    outcome.failure().ifPresent(System.err::println);
  }

  private static void stop(PipelineRun run, AtomicBoolean interrupted, CountDownLatch finished) {
    interrupted.set(true);
    run.stop();
    try {
      if (!finished.await(30, TimeUnit.SECONDS)) {
        System.err.println("The run did not stop within 30 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
