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
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One run under faults that a seed schedules; what is wanted is the report of an undisturbed run.
 */
final class ChaosRun {
  private static final String RUN = "chaos";
  private static final long LOOK_MS = 100;

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
   * @param experiment what runs
   * @param iterations of the run
   * @param expected the undisturbed run's report, without its times
   * @param faults what happens to it
   * @param patience longest time from the last fault to the report
   * @param patient whether the broker may be away for up to a minute
   */
  record Settings(
      Path project,
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
   */
  record Faults(List<Fault> kinds, int most, int pauseMs) {}

  private final Settings settings;
  private final SplittableRandom random;
  private final Path folder;
  private final Consumer<String> log;

  /**
   * @param folder of everything the run makes
   * @param log is told each fault
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
    try (Cluster cluster = new Cluster(settings.project(), folder, List.of())) {
      cluster.produce(settings.experiment(), RUN, settings.iterations());
      Path report = cluster.reports().resolve(RUN).resolve("report.json");
      int injected = 0;
      while (injected < settings.faults().most() && !Files.exists(report)) {
        TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(settings.faults().pauseMs()));
        if (next.isEmpty()) {
          next.addAll(shuffled());
        }
        Fault fault = next.removeFirst();
        if (fault.inject(cluster, random, settings.patient())) {
          faults.merge(fault, 1, Integer::sum);
          injected++;
          log.accept("%5.1f s  %s".formatted((System.nanoTime() - start) / 1e9, fault.what()));
        }
      }
      long by = System.nanoTime() + settings.patience().toNanos();
      while (!Files.exists(report) && System.nanoTime() < by) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      }
      return outcome(faults, cluster, report, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /** All kinds in some order: each happens before one happens again. */
  private List<Fault> shuffled() {
    List<Fault> kinds = new ArrayList<>(settings.faults().kinds());
    for (int i = kinds.size() - 1; i > 0; i--) {
      Collections.swap(kinds, i, random.nextInt(i + 1));
    }
    return kinds;
  }

  private Outcome outcome(
      Map<Fault, Integer> faults, Cluster cluster, Path report, Duration duration)
      throws IOException {
    if (!Files.exists(report)) {
      String problem = "there is no report %s after the last fault".formatted(settings.patience());
      return new Outcome(
          faults, cluster.ownExits(), false, problem + "\n" + cluster.lastWords(), duration);
    }
    boolean same = timeless(Files.readString(report)).equals(settings.expected());
    String problem = same ? "" : "the report differs: " + report;
    return new Outcome(faults, cluster.ownExits(), same, problem, duration);
  }
}
