package org.sgsars.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.file.FileProblem;
import org.sgsars.log.TimeSource;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.producer.kafka.TrainingCheckpoints;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceLoop;
import org.sgsars.service.Stage;
import org.sgsars.service.StateFolder;
import org.sgsars.sgs.kafka.SgsStage;

/** One run through the five services, all in this process. */
public final class PipelineRun implements LivePages.Source {
  private static final List<String> STAGES =
      List.of(SgsStage.SERVICE, ArsStage.SERVICE, CrossbarStage.SERVICE);
  private static final Duration SAVE_INTERVAL = Duration.ofSeconds(1);
  private static final long LOOK_MS = 50;
  static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final Duration FAILED_STOP_PATIENCE = Duration.ofSeconds(3);

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
      return of(new LogChoice.EmbeddedKafka(), partitions, instances);
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
      return new Options(
          new LogChoice.Cluster(servers, properties), partitions, instances, workFolder, kept);
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
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile @Nullable AnalyzerLoop following;
  private final List<PipelineService> services = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

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
   * @throws ServiceException if the run cannot even start
   */
  public void execute(ProgressListener progress, Consumer<Outcome> ended) {
    Path work = workFolder();
    Consumer<ServiceException> failures = e -> failure.compareAndSet(null, e);
    try (RunLog log = RunLog.open(options, work, run.plan().run(), STAGES, failures)) {
      prepareTopics(log);
      if (options.kept()) {
        log.forgetMembers();
      }
      execute(log.pipeline(), work, progress, ended);
    } finally {
      LifetimeReport last = report.get();
      if (!options.kept() || (last != null && last.complete())) {
        EmbeddedBroker.delete(work);
      }
    }
  }

  /** If the broker gave up meanwhile, its reason is the one that counts. */
  private void prepareTopics(RunLog log) {
    try {
      log.prepareTopics();
    } catch (ServiceException e) {
      if (failure.get() instanceof ServiceException broken) {
        broken.addSuppressed(e);
        throw broken;
      }
      throw e;
    }
  }

  /** Ends the run early; its report says that it is not complete. From any thread. */
  public void stop() {
    stopping.set(true);
  }

  private Path workFolder() {
    try {
      Files.createDirectories(options.workFolder());
      return options.kept()
          ? options.workFolder()
          : Files.createTempDirectory(options.workFolder(), "sgs-ars-");
    } catch (IOException e) {
      throw new ServiceException(
          "No folder can be made in %s: %s".formatted(options.workFolder(), FileProblem.reason(e)),
          e);
    }
  }

  private void execute(
      PipelineLog log, Path work, ProgressListener progress, Consumer<Outcome> ended) {
    AnalyzerLoop analyzer = new AnalyzerLoop(log, policies, report::set);
    following = analyzer;
    RunProducer producer = run.producer(log, checkpoints(work), () -> {});
    List<ServiceLoop> crossbars = new ArrayList<>();
    services.add(analyzer);
    for (int instance = 0; instance < options.instances(); instance++) {
      for (Stage stage :
          List.of(new SgsStage(policies), new ArsStage(policies), new CrossbarStage(policies))) {
        StateFolder states = states(work, stage.service());
        ServiceLoop loop =
            options.log() instanceof LogChoice.InMemory
                ? ServiceLoop.forThisProcess(stage, log, states)
                : new ServiceLoop(stage, log, states, SAVE_INTERVAL);
        services.add(loop);
        if (stage instanceof CrossbarStage) {
          crossbars.add(loop);
        }
      }
    }
    services.add(producer);
    try {
      services.forEach(this::start);
      await(producer, crossbars, progress);
      if (stopping.get() && failure.get() == null && !options.kept()) {
        awaitWearOfWhatWasSent(producer, analyzer);
      }
      ended.accept(outcome(analyzer));
    } finally {
      stopServices();
    }
  }

  /** Only what is kept goes on. */
  private Optional<TrainingCheckpoints> checkpoints(Path work) {
    return options.kept() && run.plan().training().isPresent()
        ? Optional.of(
            new TrainingCheckpoints(
                states(work, RunProducer.SERVICE), SAVE_INTERVAL, TimeSource.SYSTEM))
        : Optional.empty();
  }

  private static StateFolder states(Path work, String service) {
    return new StateFolder(work.resolve("state").resolve(service));
  }

  private void start(PipelineService service) {
    Thread thread =
        new Thread(
            () -> {
              try {
                service.run();
              } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
              }
            },
            service.status().service());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void await(RunProducer producer, List<ServiceLoop> crossbars, ProgressListener progress) {
    long abortBy = Long.MAX_VALUE;
    while (report.get() == null && System.nanoTime() < abortBy) {
      if (abortBy == Long.MAX_VALUE && (stopping.get() || failure.get() != null)) {
        stopSending(producer);
        abortBy = System.nanoTime() + TimeUnit.SECONDS.toNanos(patience());
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
  private long patience() {
    if (options.kept()) {
      return 0;
    }
    return failure.get() == null ? 10 : 2;
  }

  /** A run that is kept is not over: nobody is told that it ends. */
  private void stopSending(RunProducer producer) {
    if (options.kept()) {
      producer.pause();
    } else {
      producer.close();
    }
  }

  /** A run that is stopped reports all the wear of its last whole interval. */
  private void awaitWearOfWhatWasSent(RunProducer producer, AnalyzerLoop analyzer) {
    String name = run.plan().run();
    long interval = run.plan().wearInterval();
    long by = System.nanoTime() + STOP_PATIENCE.toNanos();
    while (System.nanoTime() < by && failure.get() == null) {
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
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
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

  private Outcome outcome(AnalyzerLoop analyzer) {
    Throwable cause = failure.get();
    LifetimeReport last =
        Optional.ofNullable(report.get())
            .or(() -> analyzer.report(run.plan().run()))
            .orElseGet(() -> new org.sgsars.analyzer.core.RunWear(run.plan(), policies).report());
    if (cause == null) {
      return new Outcome(last, Optional.empty());
    }
    String reason = withLackOfTheBroker(FailureReason.of(cause));
    List<String> warnings =
        Stream.concat(last.warnings().stream(), Stream.of(reason)).distinct().toList();
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
        Optional.of(reason));
  }

  /** Who waits for a broker in this process in vain does not see what that one lacks. */
  private String withLackOfTheBroker(String reason) {
    if (!(options.log() instanceof LogChoice.EmbeddedKafka)) {
      return reason;
    }
    return BrokerFaults.current()
        .flatMap(BrokerFaults::lack)
        .filter(lack -> !reason.startsWith(BrokerFaults.GAVE_UP))
        .map(lack -> reason + "; the broker in this process met: " + lack)
        .orElse(reason);
  }

  private void stopServices() {
    services.forEach(PipelineService::close);
    // Without a broker the services cannot save and go in peace; the report does not need it.
    Duration patience = failure.get() == null ? STOP_PATIENCE : FAILED_STOP_PATIENCE;
    long by = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads) {
      try {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(by - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
