package org.sgsars.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One run under faults that a seed schedules; what is wanted is the report of an undisturbed run.
 */
final class ChaosRun {
  private static final String RUN = "chaos";

  /** How a report's warning begins that is of a run whose producer was stopped. */
  private static final String STOPPED = "\"stopped after ";

  private static final long POLL_MS = 100;

  /**
   * @param faults how many of each kind happened
   * @param ownExits how often processes ended by themselves and were started again
   * @param sameReport whether the report is that of the undisturbed run
   * @param problem what went wrong; empty if nothing did
   * @param duration from the first process to the report
   */
  record Outcome(
      Map<Fault, Integer> faults,
      int ownExits,
      boolean sameReport,
      String problem,
      Duration duration) {}

  /**
   * @param project where the jars are
   * @param shape of the cluster
   * @param experiment what runs
   * @param iterations of the run
   * @param expected the undisturbed run's report, without its times
   * @param faults what happens to it
   * @param patience longest time from the last fault to the report
   * @param patient whether the broker may be away for up to a minute
   */
  record Settings(
      Path project,
      ClusterShape shape,
      Path experiment,
      long iterations,
      String expected,
      Faults faults,
      Duration patience,
      boolean patient) {}

  /**
   * @param kinds the faults to choose from
   * @param most faults, after which the run is left alone
   * @param pauseMs longest time between two faults
   * @param isShuffled whether the seed draws their order; if not, each waits until it can happen
   */
  record Faults(List<Fault> kinds, int most, int pauseMs, boolean isShuffled) {}

  private final Settings settings;
  private final SplittableRandom random;
  private final Path folder;
  private final Consumer<String> log;

  /**
   * @param folder of everything the run makes
   * @param log receives each fault
   */
  ChaosRun(Settings settings, long seed, Path folder, Consumer<String> log) {
    this.settings = settings;
    this.random = new SplittableRandom(seed);
    this.folder = folder;
    this.log = log;
  }

  /** A report's text without when it was made, and by which run. */
  static String timeless(String report) {
    return report.replaceAll("\"(run|createdAt|finishedAt)\" : \"[^\"]*\"", "\"$1\" : \"\"");
  }

  Outcome run() throws Exception {
    Files.createDirectories(folder);
    long start = System.nanoTime();
    Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    Deque<Fault> next = new ArrayDeque<>();
    try (Cluster cluster = new Cluster(settings.project(), folder, settings.shape(), List.of())) {
      cluster.produce(settings.experiment(), RUN, settings.iterations());
      int injected = 0;
      while (injected < settings.faults().most() && report(cluster).isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(settings.faults().pauseMs()));
        if (next.isEmpty()) {
          next.addAll(ordered());
        }
        Fault fault = next.removeFirst();
        if (fault.inject(cluster, random, settings.patient())) {
          faults.merge(fault, 1, Integer::sum);
          injected++;
          log.accept("%5.1f s  %s".formatted((System.nanoTime() - start) / 1e9, fault.what()));
        } else if (!settings.faults().isShuffled()) {
          next.addFirst(fault);
        }
      }
      long by = System.nanoTime() + settings.patience().toNanos();
      while (report(cluster).isEmpty() && System.nanoTime() < by) {
        TimeUnit.MILLISECONDS.sleep(POLL_MS);
      }
      return outcome(faults, cluster, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /** That of a run whose producer was stopped is not its last: the producer is started again. */
  private static Optional<String> report(Cluster cluster) throws IOException {
    Optional<Path> file = cluster.report(RUN);
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(Files.readString(file.get())).filter(text -> !text.contains(STOPPED));
  }

  /** All kinds in some order: each happens before one happens again. */
  private List<Fault> ordered() {
    List<Fault> kinds = new ArrayList<>(settings.faults().kinds());
    for (int i = settings.faults().isShuffled() ? kinds.size() - 1 : 0; i > 0; i--) {
      Collections.swap(kinds, i, random.nextInt(i + 1));
    }
    return kinds;
  }

  private Outcome outcome(Map<Fault, Integer> faults, Cluster cluster, Duration duration)
      throws IOException {
    Optional<String> report = report(cluster);
    if (report.isEmpty()) {
      String problem = "there is no report %s after the last fault".formatted(settings.patience());
      return new Outcome(
          faults, cluster.ownExits(), false, problem + "\n" + cluster.lastWords(), duration);
    }
    boolean same = timeless(report.get()).equals(settings.expected());
    String problem = same ? "" : "the report differs";
    return new Outcome(faults, cluster.ownExits(), same, problem, duration);
  }
}
