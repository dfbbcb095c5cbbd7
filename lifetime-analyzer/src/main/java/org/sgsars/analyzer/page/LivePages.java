package org.sgsars.analyzer.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import org.sgsars.analyzer.core.LifetimeReport;

/**
 * What the page shows of runs that are followed, and of those that are over. What is shown is made
 * anew so seldom that looking costs the run a small share of its time, whoever many look.
 */
public final class LivePages implements RunPages {
  /** A fiftieth of a run's time is spent on looking at it at most, ... */
  private static final int SHARE = 50;

  /** ... and so much beforehand, or short runs would be over before they are seen to move. */
  private static final long GRACE_NANOS = 1_000_000_000L;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** The part that is not a layer. */
  private static final int SUMMARY = -1;

  /** Follows runs. */
  public interface Source {
    /** The runs that are followed. */
    List<Progress> runs();

    /** How far a run is; empty if it is not followed. */
    Optional<Progress> progress(String run);

    /** What can be said of a run now; empty if it is not followed. */
    Optional<LifetimeReport> report(String run);
  }

  /**
   * How far a run is.
   *
   * @param times when it was announced, and reported last
   * @param done whether no more wear is waited for
   * @param complete of one that is done, whether it came to its last iteration
   * @param version another number whenever there is news
   */
  public record Progress(
      String run,
      String name,
      long iterations,
      long plannedIterations,
      Times times,
      boolean done,
      boolean complete,
      long version) {
    /** The same under another name. */
    public Progress named(String other) {
      return new Progress(
          other, name, iterations, plannedIterations, times, done, complete, version);
    }
  }

  /**
   * In milliseconds since 1970-01-01 UTC.
   *
   * @param createdAtMs when the run was announced
   * @param updatedAtMs when the last of its wear was reported
   */
  public record Times(long createdAtMs, long updatedAtMs) {}

  /** What the watchers of a run are shown, and what it has cost so far. */
  private static final class Shown {
    LifetimeReport report;
    long version;
    private final Map<Integer, byte[]> parts = new HashMap<>();
    private final long since;
    private long spentNanos;

    Shown(LifetimeReport report, long version, long since, long spentNanos) {
      this.report = report;
      this.version = version;
      this.since = since;
      this.spentNanos = spentNanos;
    }

    boolean isAffordable(long now) {
      return spentNanos < GRACE_NANOS + (now - since) / SHARE;
    }

    void renew(LifetimeReport latest, long itsVersion, long tookNanos) {
      report = latest;
      version = itsVersion;
      parts.clear();
      spentNanos += tookNanos;
    }

    /** A part as JSON, made once for all who ask. */
    byte[] part(int part, Function<LifetimeReport, ObjectNode> maker) {
      byte[] known = parts.get(part);
      if (known == null) {
        long began = cpuNanos();
        known = PageFolder.bytes(maker.apply(report));
        parts.put(part, known);
        spentNanos += cpuNanos() - began;
      }
      return known;
    }
  }

  /** Time this thread has worked, not waited. */
  private static long cpuNanos() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private final Source source;
  private final RunPages stored;
  private final Map<String, Shown> shown = new HashMap<>();

  /**
   * @param stored runs that are over
   */
  public LivePages(Source source, RunPages stored) {
    this.source = source;
    this.stored = stored;
  }

  @Override
  public List<Line> runs() {
    List<Line> all = new ArrayList<>();
    Set<String> followed = new HashSet<>();
    for (Progress run : source.runs()) {
      followed.add(run.run());
      all.add(line(run));
    }
    stored.runs().stream().filter(line -> !followed.contains(line.run())).forEach(all::add);
    all.sort(Comparator.comparing(Line::createdAt).reversed().thenComparing(Line::run));
    return all;
  }

  private static Line line(Progress run) {
    double seconds = (run.times().updatedAtMs() - run.times().createdAtMs()) / 1e3;
    boolean moves = !run.done() && run.iterations() > 0 && seconds > 0;
    double perSecond = run.iterations() / seconds;
    String over = run.complete() ? "finished" : "incomplete";
    return new Line(
        run.run(),
        run.name(),
        run.done() ? over : "running",
        new Pace(
            run.iterations(),
            run.plannedIterations(),
            moves ? OptionalDouble.of(perSecond) : OptionalDouble.empty(),
            moves
                ? OptionalDouble.of((run.plannedIterations() - run.iterations()) / perSecond)
                : OptionalDouble.empty()),
        Instant.ofEpochMilli(run.times().createdAtMs()).toString(),
        Instant.ofEpochMilli(run.times().updatedAtMs()).toString());
  }

  private Optional<Shown> shown(String run) {
    Optional<Progress> progress = source.progress(run);
    if (progress.isEmpty()) {
      shown.remove(run);
      return Optional.empty();
    }
    Shown known = shown.get(run);
    long version = progress.get().version();
    long now = System.nanoTime();
    // One that is over is made anew for the last time.
    if (known != null
        && (known.version == version || (!progress.get().done() && !known.isAffordable(now)))) {
      return Optional.of(known);
    }
    long began = cpuNanos();
    Optional<LifetimeReport> latest = source.report(run);
    long took = cpuNanos() - began;
    if (latest.isEmpty()) {
      return Optional.ofNullable(known);
    }
    if (known == null) {
      known = new Shown(latest.get(), version, now, took);
      shown.put(run, known);
    } else {
      known.renew(latest.get(), version, took);
    }
    return Optional.of(known);
  }

  /** How far the runs are that are followed. */
  public List<Progress> followed() {
    return source.runs();
  }

  /** What is shown of a run; empty if it is not followed. */
  public synchronized Optional<LifetimeReport> report(String run) {
    return shown(run).map(s -> s.report);
  }

  @Override
  public synchronized Optional<byte[]> summary(String run) {
    Optional<Shown> shown = shown(run);
    return shown.isPresent()
        ? shown.map(s -> s.part(SUMMARY, RunSummary::of))
        : stored.summary(run);
  }

  @Override
  public synchronized Optional<byte[]> layer(String run, int layer) {
    Optional<Shown> shown = shown(run);
    if (shown.isEmpty()) {
      return stored.layer(run, layer);
    }
    return shown
        .filter(s -> layer >= 0 && layer < s.report.plan().layers().size())
        .map(s -> s.part(layer, report -> LayerDetail.of(report, layer)));
  }

  /** Of what is shown: news that are not made into it yet do not count. */
  @Override
  public synchronized long version(String run) {
    return shown(run).map(s -> s.version).orElseGet(() -> stored.version(run));
  }

  @Override
  public boolean isLive(String run) {
    return source.progress(run).map(p -> !p.done()).orElse(false);
  }
}
