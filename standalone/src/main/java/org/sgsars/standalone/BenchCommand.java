package org.sgsars.standalone;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.model.RunNotices;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedBench;
import org.sgsars.source.SourceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sgs-ars bench}. */
@Command(
    name = "bench",
    description = "Compares levellers on given selections, without gradients and without a broker.",
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class,
    footer = {"", "Exit codes: 0 the bench is complete, 2 wrong input."})
final class BenchCommand implements Callable<Integer> {
  private static final int WRONG_INPUT = 2;

  @Mixin private final ExperimentOptions options = new ExperimentOptions();

  @Override
  public Integer call() {
    Policies policies = Policies.onClassPath();
    try {
      Experiment experiment = options.read(policies);
      PreparedBench bench = PreparedBench.of(experiment, policies, Instant.now());
      Path folder = options.folder(bench.plan().run());
      // Before the run: it would be a pity afterwards.
      ReportFolder.prepare(folder);
      Notes.print(System.err, RunNotices.of(bench.plan()));
      LifetimeReport report = run(bench, policies);
      options.table().print(report, report.findings());
      RunSession.writeReport(report, folder);
      TableOptions.printNext(folder);
      return 0;
    } catch (ExperimentException | SourceException | UncheckedIOException e) {
      System.err.println(e.getMessage());
      return WRONG_INPUT;
    }
  }

  private static LifetimeReport run(PreparedBench bench, Policies policies) {
    RunPlan plan = bench.plan();
    long all = plan.iterations() * plan.layers().size() * plan.scenarios().size();
    AtomicLong done = new AtomicLong();
    try (RunProgress progress = RunProgress.ofSelections(all)) {
      return new BenchRun(bench, policies)
          .execute(
              more -> {
                synchronized (progress) {
                  progress.iterationsDone(done.addAndGet(more));
                }
              });
    }
  }
}
