package org.sgsars.analyzer.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * How long runs are remembered, and from when on records are needed. A run is retired when nothing
 * was heard of it for so long; what was written before the oldest run that is not retired was
 * announced, is needed by nobody. Times are in milliseconds since 1970-01-01 UTC.
 */
public final class Retention {
  /**
   * How long to wait.
   *
   * @param finished since the last record of a run that is done
   * @param unfinished since the last record of one that is not
   * @param clocks most that the clocks of two machines differ by
   */
  public record Times(Duration finished, Duration unfinished, Duration clocks) {
    /** What holds where nothing else is set. */
    public static final Times DEFAULTS =
        new Times(Duration.ofDays(7), Duration.ofDays(60), Duration.ofHours(3));

    /**
     * @throws IllegalArgumentException if one is negative
     */
    public Times {
      if (finished.isNegative() || unfinished.isNegative() || clocks.isNegative()) {
        throw new IllegalArgumentException(
            "Runs are to be kept for %s, unfinished ones for %s, clocks to differ by %s; allowed: nothing below 0"
                .formatted(finished, unfinished, clocks));
      }
    }
  }

  private static final long NEVER = Long.MAX_VALUE;

  private static final class Run {
    long announcedAt;
    long seenAt;
    long retiredAt = NEVER;

    Run(long at) {
      this.announcedAt = at;
      this.seenAt = at;
    }

    boolean isRetired() {
      return retiredAt != NEVER;
    }
  }

  private final Times times;
  private final Map<String, Run> runs = new TreeMap<>();

  public Retention(Times times) {
    this.times = times;
  }

  /**
   * The run is announced, or again; after one of its name was retired it is another one.
   *
   * @param run its name, without the number of an attempt
   */
  public void announced(String run, long at) {
    if (isRetired(run)) {
      runs.remove(run);
    }
    seen(run, at);
  }

  /** A record of a run that was announced. Records of different topics come in any order. */
  public void seen(String run, long at) {
    Run known = runs.computeIfAbsent(run, r -> new Run(at));
    known.announcedAt = Math.min(known.announcedAt, at);
    known.seenAt = Math.max(known.seenAt, at);
  }

  /** The run is retired. */
  public void retired(String run, long at) {
    Run known = runs.computeIfAbsent(run, r -> new Run(at));
    known.retiredAt = Math.min(known.retiredAt, at);
  }

  public boolean isRetired(String run) {
    Run known = runs.get(run);
    return known != null && known.isRetired();
  }

  /**
   * The runs to retire now, in the order of their names.
   *
   * @param isDone whether a run is done and reported
   */
  public List<String> due(long now, Predicate<String> isDone) {
    return runs.entrySet().stream()
        .filter(entry -> !entry.getValue().isRetired())
        .filter(
            entry -> {
              Duration kept = isDone.test(entry.getKey()) ? times.finished() : times.unfinished();
              return now - entry.getValue().seenAt >= kept.toMillis();
            })
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * How far the youngest record's time lies in the future, beyond what clocks may differ by; 0 or
   * less if it does not. Whoever wrote it has another clock, and its run is retired as much later.
   */
  public Duration ahead(long now) {
    long youngest = runs.values().stream().mapToLong(run -> run.seenAt).max().orElse(now);
    return Duration.ofMillis(youngest - now).minus(times.clocks());
  }

  /** Records of runs from before are needed by nobody, but for what is on {@code runs}. */
  public long recordsFrom(long now) {
    return runs.values().stream()
            .filter(run -> !run.isRetired())
            .mapToLong(run -> run.announcedAt)
            .reduce(now, Math::min)
        - times.clocks().toMillis();
  }

  /**
   * What is on {@code runs} from before is needed by nobody. Of a retired run of which there may be
   * records behind those of others, it has to be known that they are nothing new.
   */
  public long runsFrom(long now) {
    long recordsFrom = recordsFrom(now);
    return runs.values().stream()
        .filter(run -> run.isRetired() && run.retiredAt >= recordsFrom)
        .mapToLong(run -> run.announcedAt - times.clocks().toMillis())
        .reduce(recordsFrom, Math::min);
  }

  /** Dead letters from before are needed by nobody. Some are of no run, and for people. */
  public long lettersFrom(long now) {
    return Math.min(recordsFrom(now), now - times.finished().toMillis());
  }

  /** What is on {@code runs} from before is deleted. */
  public void evictBefore(long before) {
    runs.values().removeIf(run -> run.isRetired() && run.retiredAt < before);
  }
}
