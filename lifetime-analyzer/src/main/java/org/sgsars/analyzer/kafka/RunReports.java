package org.sgsars.analyzer.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.failure.FailureReason;
import org.sgsars.log.TimeSource;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.service.ServiceStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When which run is reported: once it is done, and again after news. Runs go by their names. For
 * one thread, but for {@link #report} and {@link #version}.
 */
final class RunReports {
  private static final Logger LOG = LoggerFactory.getLogger(RunReports.class);
  static final Duration BETWEEN_REPORTS = Duration.ofSeconds(2);

  /**
   * A report that was made.
   *
   * @param version of news that it holds
   */
  private record Snapshot(RunWear of, long version, LifetimeReport report) {}

  private final FollowedRuns runs;
  private final Consumer<LifetimeReport> receiver;
  private final ServiceStatus status;
  private final TimeSource time;

  /** Of news. */
  private final Map<String, Long> versions = new ConcurrentHashMap<>();

  private final AtomicReference<@Nullable Snapshot> latest = new AtomicReference<>();
  private final Set<String> unreported = new LinkedHashSet<>();
  private final Set<String> failing = new HashSet<>();
  private final Map<String, Long> reportedAt = new HashMap<>();

  /**
   * @param receiver takes reports; what it throws is logged, and the report is tried again
   * @param status says while a report cannot be written
   */
  RunReports(
      FollowedRuns runs, Consumer<LifetimeReport> receiver, ServiceStatus status, TimeSource time) {
    this.runs = runs;
    this.receiver = receiver;
    this.status = status;
    this.time = time;
  }

  /** There is news that changes a run's report. */
  void changed(String name) {
    unreported.add(name);
    outdate(name);
  }

  /** What was made of a run is not what it would be now. */
  void outdate(String name) {
    versions.merge(name, 1L, Long::sum);
  }

  /** Drops what is kept of a run. */
  void evict(String name, Optional<RunWear> of) {
    of.ifPresent(
        known -> latest.updateAndGet(made -> made != null && made.of() == known ? null : made));
    versions.remove(name);
    unreported.remove(name);
    failing.remove(name);
    reportedAt.remove(name);
  }

  /** Whether a run is done, and was reported with all its news. */
  boolean isReported(String name) {
    return isDone(name) && !unreported.contains(name);
  }

  /** Whether the last report of a run could not be written. */
  boolean isFailing(String name) {
    return failing.contains(name);
  }

  private boolean isDone(String name) {
    return runs.find(name).filter(RunWear::isDone).isPresent();
  }

  /**
   * Whether some run is to be reported: it has changed and is done. The first time at once, then
   * not more often than every other second: after an abort wear goes on coming.
   */
  boolean areDue() {
    return unreported.stream().anyMatch(this::isDue);
  }

  private boolean isDue(String name) {
    if (!isDone(name)) {
      return false;
    }
    Long last = reportedAt.get(name);
    return last == null || time.nanos() - last >= BETWEEN_REPORTS.toNanos();
  }

  /** Reports all runs that are due. */
  void publishDue() {
    for (String name : List.copyOf(unreported)) {
      if (isDue(name)) {
        publish(name);
      }
    }
  }

  /**
   * Reports a run. One report that cannot be written must not keep the others back; it is tried
   * again.
   */
  void publish(String name) {
    reportedAt.put(name, time.nanos());
    Optional<LifetimeReport> report = Optional.empty();
    try {
      report = report(name);
      report.ifPresent(receiver);
    } catch (RuntimeException | Error e) {
      if (e instanceof Error error && !PolicyFailure.isContained(e)) {
        throw error;
      }
      status.failed(e);
      if (failing.add(name)) {
        LOG.error(
            "The report of run {} is tried again until it can be written: {}",
            name,
            FailureReason.of(e));
      }
      return;
    }
    if (report.isPresent()) {
      unreported.remove(name);
      if (failing.remove(name) && failing.isEmpty()) {
        status.recovered();
      }
    }
  }

  /** Another number whenever there is news of a run. From any thread. */
  long version(String name) {
    return versions.getOrDefault(name, 0L);
  }

  /**
   * The report of a run as far as it is known now; empty if it is not followed. Of a large run a
   * report takes seconds to make: the files and the page share the last. From any thread.
   */
  Optional<LifetimeReport> report(String name) {
    return runs.find(name).map(run -> report(name, run));
  }

  private LifetimeReport report(String name, RunWear run) {
    synchronized (run) {
      // What comes meanwhile is reported later, and outdates this one.
      long version = version(name);
      Snapshot known = latest.get();
      if (known != null && known.of() == run && known.version() == version) {
        return known.report();
      }
      LifetimeReport report = run.report();
      latest.set(new Snapshot(run, version, report));
      return report;
    }
  }
}
