package org.sgsars.standalone;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.page.LivePages;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.producer.kafka.TrainingCheckpoints;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.ServiceLoop;

/** One run through the five services, all in this process. */
public final class PipelineRun implements LivePages.Source {
  private static final long POLL_MS = 50;

  /**
   * @param log that the run goes through
   * @param partitions of the topics
   * @param instances of each of the three middle services
   * @param workFolder where the broker's and the services' folders are made; they go at the end
   * @param kept whether the work folder is this run's own and stays until the run is complete, so
   *     that one that was killed or stopped goes on from there
   */
  public record Options(
      LogChoice log, int partitions, int instances, Path workFolder, boolean kept) {
    /** A broker of our own, and its folder where temporary files go. */
    public static Options embedded(int partitions, int instances) {
      return of(new LogChoice.EmbeddedKafka(0), partitions, instances);
    }

    /** A log in memory, and the services' folders where temporary files go. */
    public static Options inMemory(int partitions, int instances) {
      return of(new LogChoice.InMemory(), partitions, instances);
    }

    private static Options of(LogChoice log, int partitions, int instances) {
      return new Options(
          log, partitions, instances, Path.of(System.getProperty("java.io.tmpdir", "/tmp")), false);
    }

    /** The same with work in another folder. */
    public Options withWorkFolder(Path folder) {
      return new Options(log, partitions, instances, folder, kept);
    }

    /** The same with work in a folder of the run's own, which stays until it is complete. */
    public Options keptIn(Path folder) {
      return new Options(log, partitions, instances, folder, true);
    }

    /** The same on an existing cluster. */
    public Options withCluster(String servers, Map<String, String> properties) {
      return withLog(new LogChoice.Cluster(servers, properties));
    }

    Options withLog(LogChoice other) {
      return new Options(other, partitions, instances, workFolder, kept);
    }
  }

  /** Is told how far a run is. */
  @FunctionalInterface
  public interface ProgressListener {
    void iterationsDone(long iterations);
  }

  private final PreparedRun run;
  private final Policies policies;
  private final Options options;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicReference<@Nullable LifetimeReport> report = new AtomicReference<>();
  private volatile @Nullable AnalyzerLoop following;

  public PipelineRun(PreparedRun run, Policies policies, Options options) {
    this.run = run;
    this.policies = policies;
    this.options = options;
  }

  @Override
  public List<LivePages.Progress> runs() {
    AnalyzerLoop analyzer = following;
    return analyzer == null ? List.of() : analyzer.runs();
  }

  @Override
  public Optional<LivePages.Progress> progress(String name) {
    AnalyzerLoop analyzer = following;
    return analyzer == null ? Optional.empty() : analyzer.progress(name);
  }

  @Override
  public Optional<LifetimeReport> report(String name) {
    AnalyzerLoop analyzer = following;
    return analyzer == null ? Optional.empty() : analyzer.report(name);
  }

  /**
   * What came of a run.
   *
   * @param report as far as the run came
   * @param failure why it did not come to its end, for people; empty if it did or was stopped
   */
  public record Outcome(LifetimeReport report, Optional<String> failure) {}

  /** Runs as {@link #execute(ProgressListener, Consumer)} does, and gives what came of it. */
  public Outcome execute(ProgressListener progress) {
    AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
    execute(progress, outcome::set);
    return Objects.requireNonNull(outcome.get());
  }

  /**
   * Runs to the end, to the first failure, or until {@link #stop()}.
   *
   * @param ended is given what came of it, before broker and services stop, which takes seconds
   * @throws ServiceException if the run cannot even start, or what is kept cannot be saved at its
   *     end
   */
  public void execute(ProgressListener progress, Consumer<Outcome> ended) {
    LocalServices local = new LocalServices(options, () -> {});
    try (local) {
      execute(local, progress, ended);
    }
    local.requireSaved();
  }

  /** Ends the run early; its report says that it is not complete. From any thread. */
  public void stop() {
    stopping.set(true);
  }

  private void execute(LocalServices local, ProgressListener progress, Consumer<Outcome> ended) {
    PipelineLog log = local.open(run.plan().run(), LocalServices.MIDDLE);
    AnalyzerLoop analyzer = new AnalyzerLoop(log, policies, report::set);
    following = analyzer;
    RunProducer producer = run.producer(log, checkpoints(local), () -> {});
    local.start(analyzer);
    List<ServiceLoop> middle = new ArrayList<>();
    for (int instance = 0; instance < options.instances(); instance++) {
      middle.addAll(local.startMiddle(log, policies, LocalServices.MIDDLE));
    }
    local.start(producer);
    List<ServiceLoop> crossbars =
        middle.stream()
            .filter(loop -> loop.status().service().equals(CrossbarStage.SERVICE))
            .toList();
    await(local, producer, crossbars, progress);
    if (stopping.get() && !local.hasFailed() && !options.kept()) {
      awaitWearOfWhatWasSent(local, producer, analyzer);
    }
    ended.accept(outcome(local, analyzer));
    LifetimeReport last = report.get();
    if (last != null && last.complete()) {
      local.dropAtTheEnd();
    }
  }

  /** Only what is kept goes on. */
  private Optional<TrainingCheckpoints> checkpoints(LocalServices local) {
    return options.kept() && run.plan().training().isPresent()
        ? Optional.of(
            new TrainingCheckpoints(
                local.states(RunProducer.SERVICE), LocalServices.SAVE_INTERVAL, TimeSource.SYSTEM))
        : Optional.empty();
  }

  private void await(
      LocalServices local,
      RunProducer producer,
      List<ServiceLoop> crossbars,
      ProgressListener progress) {
    long abortBy = Long.MAX_VALUE;
    while (report.get() == null && System.nanoTime() < abortBy) {
      if (abortBy == Long.MAX_VALUE && (stopping.get() || local.hasFailed())) {
        stopSending(producer);
        abortBy = System.nanoTime() + TimeUnit.SECONDS.toNanos(reportTimeoutSeconds(local));
      }
      progress.iterationsDone(done(crossbars));
      if (!pause()) {
        stopping.set(true);
      }
    }
    if (report.get() != null) {
      progress.iterationsDone(Objects.requireNonNull(report.get()).iterations());
    }
  }

  /** How long to wait for the report of a run that is stopped; one that is kept has none yet. */
  private long reportTimeoutSeconds(LocalServices local) {
    if (options.kept()) {
      return 0;
    }
    return local.hasFailed() ? 2 : 10;
  }

  /** A run that is kept is not over: its end is not announced. */
  private void stopSending(RunProducer producer) {
    if (options.kept()) {
      producer.pause();
    } else {
      producer.close();
    }
  }

  /** A run that is stopped reports all the wear of its last whole interval. */
  private void awaitWearOfWhatWasSent(
      LocalServices local, RunProducer producer, AnalyzerLoop analyzer) {
    String name = run.plan().run();
    long interval = run.plan().wearInterval();
    long by = System.nanoTime() + LocalServices.STOP_PATIENCE.toNanos();
    while (System.nanoTime() < by && !local.hasFailed()) {
      long sent = producer.status().progress().get(0).iterations();
      Optional<LifetimeReport> now = analyzer.report(name);
      if (now.isPresent() && now.get().iterations() >= sent - sent % interval) {
        report.set(now.get());
        return;
      }
      if (!pause()) {
        return;
      }
    }
  }

  /** Waits between two looks; {@code false} if the thread was interrupted. */
  private static boolean pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Iterations that the crossbars of every scenario and layer have behind them. */
  private long done(List<ServiceLoop> crossbars) {
    RunPlan plan = run.plan();
    List<LayerProgress> ofAllAttempts =
        crossbars.stream().flatMap(loop -> loop.status().progress().stream()).toList();
    int last = ofAllAttempts.stream().mapToInt(l -> RunPlan.attemptOf(l.run())).max().orElse(0);
    List<LayerProgress> all =
        ofAllAttempts.stream().filter(l -> RunPlan.attemptOf(l.run()) == last).toList();
    return all.size() < plan.scenarios().size() * plan.layers().size()
        ? 0
        : all.stream().mapToLong(LayerProgress::iterations).min().orElse(0);
  }

  private Outcome outcome(LocalServices local, AnalyzerLoop analyzer) {
    Optional<String> reason = local.failure();
    LifetimeReport last =
        Optional.ofNullable(report.get())
            .or(() -> analyzer.report(run.plan().run()))
            .orElseGet(() -> new org.sgsars.analyzer.core.RunWear(run.plan(), policies).report());
    // A run that is kept is not marked as stopped, as it is not over.
    boolean isInterrupted =
        options.kept() && reason.isEmpty() && !last.complete() && last.warnings().isEmpty();
    Optional<String> said =
        isInterrupted
            ? Optional.of(
                "interrupted at %d of %d iterations; kept, to be continued by ./sgs-ars resume"
                    .formatted(last.iterations(), last.plan().iterations()))
            : reason;
    if (said.isEmpty()) {
      return new Outcome(last, Optional.empty());
    }
    List<String> warnings =
        Stream.concat(last.warnings().stream(), said.stream()).distinct().toList();
    return new Outcome(
        new LifetimeReport(
            last.plan(),
            last.finishedAtMs(),
            last.iterations(),
            false,
            warnings,
            last.findings(),
            last.scenarios(),
            last.timeline()),
        reason);
  }
}
