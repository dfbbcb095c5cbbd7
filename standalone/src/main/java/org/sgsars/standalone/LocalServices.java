package org.sgsars.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.file.FileProblem;
import org.sgsars.policy.Policies;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceLoop;
import org.sgsars.service.Stage;
import org.sgsars.service.StateFolder;
import org.sgsars.sgs.kafka.SgsStage;

/**
 * A log, and services that work on it, in this process. Not for several threads, but for failures.
 */
final class LocalServices implements AutoCloseable {
  /** The services between the producer and the analyzer, in the order in which they read. */
  static final List<String> MIDDLE =
      List.of(SgsStage.SERVICE, ArsStage.SERVICE, CrossbarStage.SERVICE);

  static final Duration SAVE_INTERVAL = Duration.ofSeconds(1);
  static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final Duration FAILED_STOP_PATIENCE = Duration.ofSeconds(3);

  private final PipelineRun.Options options;
  private final Runnable failed;
  private final Path work;

  /** Of a folder that is kept, which another process may be given too. */
  private final Optional<FolderLock> lock;

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final List<PipelineService> services = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private @Nullable RunLog log;
  private boolean isPassing;
  private boolean failedBeforeTheEnd;

  /**
   * Makes the folder for broker and services.
   *
   * @param failed is called when something fails, from the thread of what fails
   * @throws ServiceException if it cannot be made, or another process has it
   */
  LocalServices(PipelineRun.Options options, Runnable failed) {
    this.options = options;
    this.failed = failed;
    this.isPassing = !options.kept();
    this.lock =
        options.kept() ? Optional.of(FolderLock.of(options.workFolder())) : Optional.empty();
    this.work = options.kept() ? options.workFolder() : passingFolder(options.workFolder());
  }

  private static Path passingFolder(Path parent) {
    try {
      Files.createDirectories(parent);
      return Files.createTempDirectory(parent, "sgs-ars-");
    } catch (IOException e) {
      throw new ServiceException(
          "No folder can be made in %s: %s".formatted(parent, FileProblem.reason(e)), e);
    }
  }

  /**
   * Opens the log, with all topics.
   *
   * @param run names the topics on a cluster that others use too
   * @param groups of the services that are to be started here
   * @throws ServiceException if there is no log to be had
   */
  PipelineLog open(String run, List<String> groups) {
    RunLog opened = RunLog.open(options, work, run, groups, this::fail);
    log = opened;
    try {
      opened.prepareTopics();
    } catch (ServiceException e) {
      // If the broker gave up meanwhile, its reason is the one that counts.
      if (failure.get() instanceof ServiceException broken) {
        broken.addSuppressed(e);
        throw broken;
      }
      throw e;
    }
    if (options.kept()) {
      opened.removeMembers();
    }
    return opened.pipeline();
  }

  /** Where a service keeps its states. */
  StateFolder states(String service) {
    return new StateFolder(work.resolve("state").resolve(service));
  }

  /**
   * Starts an instance of services between the producer and the analyzer.
   *
   * @param wanted which, of {@link #MIDDLE}
   */
  List<ServiceLoop> startMiddle(PipelineLog on, Policies policies, Collection<String> wanted) {
    return Stream.<Stage>of(
            new SgsStage(policies), new ArsStage(policies), new CrossbarStage(policies))
        .filter(stage -> wanted.contains(stage.service()))
        .map(stage -> start(loop(stage, on)))
        .toList();
  }

  private ServiceLoop loop(Stage stage, PipelineLog on) {
    StateFolder states = states(stage.service());
    return options.log() instanceof LogChoice.InMemory
        ? ServiceLoop.forThisProcess(stage, on, states)
        : new ServiceLoop(stage, on, states, SAVE_INTERVAL);
  }

  /** Starts a service in a thread of its own. */
  <T extends PipelineService> T start(T service) {
    Thread thread =
        new Thread(
            () -> {
              try {
                service.run();
              } catch (RuntimeException | Error e) {
                fail(e);
              }
            },
            service.status().service());
    thread.setDaemon(true);
    services.add(service);
    threads.add(thread);
    thread.start();
    return service;
  }

  private void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
    failed.run();
  }

  boolean hasFailed() {
    return failure.get() != null;
  }

  /** Why the first that failed did, for people; empty if nothing has. */
  Optional<String> failure() {
    return Optional.ofNullable(failure.get()).map(FailureReason::of).map(this::withLackOfTheBroker);
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

  /** What was to be kept is needed no more, and goes at the end. */
  void dropAtTheEnd() {
    isPassing = true;
  }

  /**
   * Looks after {@link #close} whether all that is kept was saved on the way.
   *
   * @throws ServiceException if something failed then
   */
  void requireSaved() {
    if (!isPassing && !failedBeforeTheEnd) {
      failure()
          .ifPresent(
              reason -> {
                throw new ServiceException(
                    "Not all was saved at the end, and the snapshots before count: " + reason);
              });
    }
  }

  /** Stops services, then the log; they save what they have. */
  @Override
  public void close() {
    failedBeforeTheEnd = hasFailed();
    try {
      stopServices();
    } finally {
      if (log != null) {
        log.close();
      }
      lock.ifPresent(FolderLock::close);
      if (isPassing) {
        EmbeddedBroker.delete(work);
      }
    }
  }

  private void stopServices() {
    services.forEach(PipelineService::close);
    // Without a broker the services cannot save and go in peace.
    Duration patience = hasFailed() ? FAILED_STOP_PATIENCE : STOP_PATIENCE;
    long by = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads) {
      try {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(by - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      if (thread.isAlive()) {
        failure.compareAndSet(
            null,
            new ServiceException(
                "%s did not stop within %d s".formatted(thread.getName(), patience.toSeconds())));
      }
    }
  }
}
