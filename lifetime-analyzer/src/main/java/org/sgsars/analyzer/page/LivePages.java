package org.sgsars.analyzer.page;

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
import org.sgsars.analyzer.core.LifetimeReport;

/**
 * What the page shows of runs that are followed, and of those that are over. What is shown is made
 * anew so seldom that looking costs the run a small share of its time, whoever many look.
 */
public final class LivePages implements RunPages {
  /** A thirtieth of the time is spent on looking at most. */
  private static final int SHARE = 30;

  /** Follows runs. */
  public interface Source {
    /** The runs that are followed. */
    List<Progress> runs();

    /** What can be said of a run now; empty if it is not followed. */
    Optional<LifetimeReport> report(String run);
  }

  /**
   * How far a run is.
   *
   * @param version another number whenever there is news
   * @param done whether no more wear is waited for
   * @param complete of one that is done, whether it came to its last iteration
   */
  public record Progress(
      String run,
      String name,
      long iterations,
      long plannedIterations,
      long createdAtMs,
      long updatedAtMs,
      boolean done,
      boolean complete,
      long version) {}

  /**
   * @param notBefore by {@link System#nanoTime}, when it may be made anew
   */
  private record Made(LifetimeReport report, long version, long notBefore) {}

  private final Source source;
  private final RunPages stored;
  private final Map<String, Made> made = new HashMap<>();

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
    double seconds = (run.updatedAtMs() - run.createdAtMs()) / 1e3;
    boolean moves = !run.done() && run.iterations() > 0 && seconds > 0;
    double perSecond = run.iterations() / seconds;
    String over = run.complete() ? "finished" : "incomplete";
    return new Line(
        run.run(),
        run.name(),
        run.done() ? over : "running",
        run.iterations(),
        run.plannedIterations(),
        moves ? OptionalDouble.of(perSecond) : OptionalDouble.empty(),
        moves
            ? OptionalDouble.of((run.plannedIterations() - run.iterations()) / perSecond)
            : OptionalDouble.empty(),
        Instant.ofEpochMilli(run.createdAtMs()).toString(),
        Instant.ofEpochMilli(run.updatedAtMs()).toString());
  }

  private Optional<Progress> progress(String run) {
    return source.runs().stream().filter(p -> p.run().equals(run)).findFirst();
  }

  private synchronized Optional<LifetimeReport> report(String run) {
    Optional<Progress> progress = progress(run);
    if (progress.isEmpty()) {
      made.remove(run);
      return Optional.empty();
    }
    Made known = made.get(run);
    long now = System.nanoTime();
    boolean isNews = known == null || known.version != progress.get().version();
    if (known != null && (!isNews || now - known.notBefore < 0)) {
      return Optional.of(known.report);
    }
    Optional<LifetimeReport> report = source.report(run);
    if (report.isPresent()) {
      long done = System.nanoTime();
      made.put(run, new Made(report.get(), progress.get().version(), done + SHARE * (done - now)));
    }
    return report;
  }

  @Override
  public Optional<byte[]> summary(String run) {
    Optional<LifetimeReport> report = report(run);
    return report.isPresent()
        ? report.map(RunSummary::of).map(PageFolder::bytes)
        : stored.summary(run);
  }

  @Override
  public Optional<byte[]> layer(String run, int layer) {
    Optional<LifetimeReport> report = report(run);
    if (report.isEmpty()) {
      return stored.layer(run, layer);
    }
    return report
        .filter(r -> layer >= 0 && layer < r.plan().layers().size())
        .map(r -> PageFolder.bytes(LayerDetail.of(r, layer)));
  }

  /** Of what is shown: news that are not made into it yet do not count. */
  @Override
  public long version(String run) {
    Optional<LifetimeReport> report = report(run);
    synchronized (this) {
      Made known = made.get(run);
      return report.isEmpty() || known == null ? stored.version(run) : known.version;
    }
  }

  @Override
  public boolean isLive(String run) {
    return progress(run).map(p -> !p.done()).orElse(false);
  }
}
