package org.sgsars.standalone;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.page.LivePages;
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.RunNotices;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.producer.kafka.RunProducer;

/** A run in front of somebody: shows how far it is, tells the report, and stops by Ctrl-C. */
final class RunSession {
  static final int INCOMPLETE = 1;
  static final int WRONG_INPUT = 2;
  static final int INTERRUPTED = 130;

  private final PreparedRun prepared;
  private final PipelineRun.Options options;
  private final Path folder;
  private final TableOptions table;
  private final PipelineRun run;
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private final AtomicBoolean complete = new AtomicBoolean();

  private RunSession(
      PreparedRun prepared,
      Policies policies,
      PipelineRun.Options options,
      Path folder,
      TableOptions table) {
    this.table = table;
    this.prepared = prepared;
    this.options = options;
    this.folder = folder;
    this.run = new PipelineRun(prepared, policies, options);
  }

  /**
   * Runs to the end, to the first failure, or until Ctrl-C.
   *
   * @param folder gets the report
   * @param table how it is printed
   * @param page port of the page that shows the run; empty for none
   * @return the exit code
   */
  static int run(
      PreparedRun prepared,
      Policies policies,
      PipelineRun.Options options,
      Path folder,
      TableOptions table,
      OptionalInt page) {
    try {
      // Before the run: it would be a pity afterwards.
      ReportFolder.prepare(folder);
    } catch (UncheckedIOException e) {
      System.err.println(e.getMessage());
      return WRONG_INPUT;
    }
    try {
      RunSession session = new RunSession(prepared, policies, options, folder, table);
      return page.isPresent() ? session.runInPublic(page.getAsInt()) : session.run();
    } catch (ServiceException | UncheckedIOException e) {
      System.err.println(e.getMessage());
      return INCOMPLETE;
    }
  }

  /** The run by the name of its report's folder, where the page finds the files. */
  private record InItsFolder(PipelineRun pipeline, Path folder) implements LivePages.Source {
    @Override
    public List<LivePages.Progress> runs() {
      return pipeline.runs().stream()
          .map(progress -> progress.named(String.valueOf(folder.getFileName())))
          .toList();
    }

    @Override
    public Optional<LivePages.Progress> progress(String name) {
      return runs().stream().filter(progress -> progress.run().equals(name)).findFirst();
    }

    @Override
    public Optional<LifetimeReport> report(String name) {
      return pipeline.runs().stream().findFirst().flatMap(only -> pipeline.report(only.run()));
    }
  }

  /** Shows the run in a browser while it goes on, and afterwards until Ctrl-C. */
  private int runInPublic(int port) {
    Path reports = folder.toAbsolutePath().getParent();
    Path home = reports == null ? folder : reports;
    LivePages pages = new LivePages(new InItsFolder(run, folder), new PageFolder(home));
    try (PageServer server = new PageServer(pages, home, port)) {
      System.err.println("page: " + server.address());
      Browser.open(server.address());
      int code = run();
      if (!interrupted.get()) {
        System.err.println("The page stays at " + server.address() + " until Ctrl-C.");
        new CountDownLatch(1).await();
      }
      return code;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return INTERRUPTED;
    }
  }

  private int run() {
    Notes.print(System.err, RunNotices.of(prepared.plan()));
    try (StopHook hook = new StopHook("The run", this::stop)) {
      try (RunProgress progress =
          RunProgress.onStandardError(
              prepared.plan().iterations(), RunProducer.bytesPerIteration(prepared.plan()))) {
        run.execute(
            progress,
            outcome -> {
              progress.finish();
              complete.set(outcome.report().complete());
              report(outcome);
            });
      } catch (ServiceException e) {
        // Here, as the process may be gone once the hook is closed.
        System.err.println(e.getMessage());
        return hook.isAsked() ? INTERRUPTED : INCOMPLETE;
      }
      return complete.get() ? 0 : hook.isAsked() ? INTERRUPTED : INCOMPLETE;
    }
  }

  private void report(PipelineRun.Outcome outcome) {
    // What the plan says was said at the beginning.
    table.print(outcome.report(), outcome.report().findings());
    writeReport(outcome.report(), folder);
    TableOptions.printNext(folder);
    outcome.failure().ifPresent(System.err::println);
    if (outcome.report().complete()) {
      return;
    }
    System.err.println(
        options.kept()
            ? "The run is kept; continue it by ./sgs-ars resume " + folder
            : "The run cannot be continued; --keep --out DIR keeps one that can. docs/REPORT.md, Incomplete runs, says what stops runs.");
  }

  /** Writes a report and says which of its forms are left out. */
  static void writeReport(LifetimeReport report, Path folder) {
    ReportFolder.write(report, folder)
        .forEach(problem -> System.err.println("left out of the report: " + problem));
  }

  private void stop() {
    interrupted.set(true);
    run.stop();
  }
}
