package org.sgsars.analyzer.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.page.LivePages;
import org.sgsars.contract.wire.Topics;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.ServiceStatus;
import org.sgsars.service.SteppedService;
import org.sgsars.service.TopicReader;

/**
 * Follows all runs. Every instance reads all of the small topics it needs from their beginning, so
 * each has the whole picture, and a restarted one finds it again without any state of its own.
 */
public final class AnalyzerLoop extends SteppedService implements LivePages.Source {
  public static final String SERVICE = "lifetime-analyzer";

  private static final Duration POLL = Duration.ofMillis(100);

  private final PipelineLog log;
  private final Policies policies;
  private final ServiceStatus status;

  private final FollowedRuns runs;

  private final BadRecords bad;
  private final RunReports reports;
  private final RunRecords records;

  private final Optional<RetentionCleaner> cleaner;
  private @Nullable TopicReader reader;
  private @Nullable RunCatalog catalog;

  /** Keeps runs for ever. */
  public AnalyzerLoop(PipelineLog log, Policies policies, Consumer<LifetimeReport> reports) {
    this(log, Optional.empty(), policies, reports);
  }

  /**
   * @param keep how long runs are kept; empty for ever
   * @param policies the devices that runs can name
   * @param reports is given the report of each run when there is no more wear to wait for, and
   *     again if a record that could not be used turns up later
   */
  public AnalyzerLoop(
      PipelineLog log,
      Optional<Retention.Times> keep,
      Policies policies,
      Consumer<LifetimeReport> reports) {
    super(log.time());
    this.log = log;
    this.cleaner = keep.map(times -> new RetentionCleaner(log, times));
    this.policies = policies;
    this.runs = new FollowedRuns(policies);
    this.status = new ServiceStatus(SERVICE, this::progress, log.time());
    this.bad = new BadRecords(log, status);
    this.reports = new RunReports(runs, reports, status, log.time());
    this.records =
        new RunRecords(
            log.topics(),
            policies,
            this::catalog,
            runs,
            this.reports,
            bad,
            cleaner.map(RetentionCleaner::retention));
  }

  @Override
  public ServiceStatus status() {
    return status;
  }

  @Override
  public void open() {
    Topics topics = log.topics();
    TopicReader opened =
        new TopicReader(
            log, List.of(topics.runs(), topics.wear(), topics.accuracy(), topics.deadLetters()));
    reader = opened;
    catalog = new KafkaRunCatalog(log, policies);
    status.up();
  }

  private TopicReader reader() {
    TopicReader opened = reader;
    if (opened == null) {
      throw new IllegalStateException(SERVICE + " is not open");
    }
    return opened;
  }

  private RunCatalog catalog() {
    RunCatalog opened = catalog;
    if (opened == null) {
      throw new IllegalStateException(SERVICE + " is not open");
    }
    return opened;
  }

  @Override
  public Step step() {
    catalog().expectNews();
    int count = reader().poll(POLL, records::apply);
    if (count > 0) {
      status.processed(count);
    }
    reportDoneRuns();
    publishBadRecords();
    enforceRetention();
    // The poll has waited, if there was nothing to do.
    return Step.AGAIN;
  }

  @Override
  public void finish() {
    // It has no state: it reads all again when it is started again.
  }

  @Override
  public void release() {
    if (catalog != null) {
      catalog.close();
    }
    if (reader != null) {
      reader.close();
    }
    catalog = null;
    reader = null;
  }

  /** Each once: the letters written before stand among what is read first. */
  private void publishBadRecords() {
    if (bad.arePublished()) {
      return;
    }
    reader().readToEnd(records::apply);
    bad.publish();
  }

  private void enforceRetention() {
    if (cleaner.isEmpty() || !cleaner.get().isTime()) {
      return;
    }
    RetentionCleaner keeper = cleaner.get();
    reader().readToEnd(records::apply);
    List<String> due = keeper.due(reports::isReported);
    for (String name : due) {
      Optional<RunWear> run = runs.find(name);
      if (run.isPresent() && !run.get().isDone()) {
        synchronized (run.get()) {
          run.get().abandon("nothing was heard of it for " + keeper.unfinishedTimeout());
        }
        reports.outdate(name);
        reports.publish(name);
      }
    }
    List<String> retiring = due.stream().filter(name -> !reports.isFailing(name)).toList();
    if (!retiring.isEmpty()) {
      keeper.retire(
          retiring,
          catalog().announced().stream()
              .filter(run -> retiring.contains(RunPlan.nameOf(run)))
              .toList());
      catalog().expectNews();
      reader().readToEnd(records::apply);
    }
    catalog().drainRetired();
    keeper.trim();
    bad.evictDeleted(reader().beginningOffsets());
  }

  /**
   * Reports the changed runs that are done, after everything that is in the topics by then: a
   * record that could not be used may stand in another partition than the last wear.
   */
  private void reportDoneRuns() {
    if (reports.areDue()) {
      reader().readToEnd(records::apply);
      reports.publishDue();
    }
  }

  @Override
  public List<LivePages.Progress> runs() {
    List<LivePages.Progress> progress = new ArrayList<>();
    runs.forEach((name, run) -> progress.add(progress(name, run)));
    return progress;
  }

  @Override
  public Optional<LivePages.Progress> progress(String run) {
    return runs.find(run).map(wear -> progress(run, wear));
  }

  private LivePages.Progress progress(String name, RunWear run) {
    synchronized (run) {
      return new LivePages.Progress(
          name,
          run.plan().name(),
          run.iterations(),
          run.plan().iterations(),
          new LivePages.Times(
              run.plan().createdAtMs(), Math.max(run.lastReportAtMs(), run.plan().createdAtMs())),
          run.isDone(),
          run.isComplete(),
          reports.version(name));
    }
  }

  /** The report of a run as far as it is known now. From any thread. */
  @Override
  public Optional<LifetimeReport> report(String run) {
    return reports.report(run);
  }

  private List<LayerProgress> progress() {
    List<LayerProgress> progress = new ArrayList<>();
    runs.forEach(
        (name, run) -> {
          synchronized (run) {
            progress.add(
                new LayerProgress(
                    name, 0, 0, run.iterations(), run.isDone() ? "finished" : "running"));
          }
        });
    return progress;
  }
}
