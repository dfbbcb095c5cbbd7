package org.sgsars.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A run whose services get a tenth of the time, so that its producer could be ten times faster. */
final class SlowRun {
  private static final String RUN = "slow";
  private static final long STOPPED_MS = 900;
  private static final long RUNNING_MS = 100;
  private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** All figures in MiB. */
  private record Use(long producer, long services, long broker, long topics, long states) {
    Use most(Use other) {
      return new Use(
          Math.max(producer, other.producer),
          Math.max(services, other.services),
          Math.max(broker, other.broker),
          Math.max(topics, other.topics),
          Math.max(states, other.states));
    }

    String line(String when) {
      return String.format(
          Locale.ROOT, "%8s %9d %9d %9d %9d %9d", when, producer, services, broker, topics, states);
    }
  }

  private final Path project;
  private final Path folder;
  private final Consumer<String> log;

  SlowRun(Path project, Path folder, Consumer<String> log) {
    this.project = project;
    this.folder = folder;
    this.log = log;
  }

  /**
   * Runs until the report is there.
   *
   * @return the report's text
   */
  String run(Path experiment, long iterations, Duration patience) throws Exception {
    Files.createDirectories(folder);
    try (Cluster cluster = new Cluster(project, folder, Load.SHAPE, List.of())) {
      Member producer = cluster.produce(experiment, RUN, iterations);
      Optional<Path> report = Optional.empty();
      long start = System.nanoTime();
      long nextCheck = start;
      long nextLine = start + LINE_NANOS;
      Use ofMinute = new Use(0, 0, 0, 0, 0);
      log.accept("MiB:  producer  services    broker    topics    states; the most of each minute");
      while (report.isEmpty()) {
        slowDown(cluster);
        long now = System.nanoTime();
        if (now - nextCheck >= 0) {
          ofMinute = ofMinute.most(use(cluster, producer));
          nextCheck = now + POLL_NANOS;
        }
        if (now - nextLine >= 0) {
          log.accept(
              ofMinute.line("%d min".formatted(TimeUnit.NANOSECONDS.toMinutes(now - start))));
          ofMinute = new Use(0, 0, 0, 0, 0);
          nextLine += LINE_NANOS;
        }
        if (now - start > patience.toNanos()) {
          throw new IOException("no report after " + patience + "\n" + cluster.lastWords());
        }
        report = cluster.report(RUN);
      }
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
      log.accept(ofMinute.line("%d s".formatted(seconds)));
      return Files.readString(report.get());
    }
  }

  /** Lets those that read run for a tenth of a second. */
  private static void slowDown(Cluster cluster) throws IOException, InterruptedException {
    List<Member> readers = new ArrayList<>(cluster.of(Cluster.ANALYZER));
    Cluster.STAGES.forEach(stage -> readers.addAll(cluster.of(stage)));
    for (Member reader : readers) {
      reader.signal("STOP");
    }
    TimeUnit.MILLISECONDS.sleep(STOPPED_MS);
    for (Member reader : readers) {
      reader.signal("CONT");
    }
    TimeUnit.MILLISECONDS.sleep(RUNNING_MS);
  }

  private static Use use(Cluster cluster, Member producer) throws IOException {
    long services = 0;
    for (Member member : cluster.services()) {
      services += member == producer ? 0 : Meter.residentMegabytes(member);
    }
    long states = 0;
    for (String stage : Cluster.STAGES) {
      states += Meter.megabytes(cluster.states(stage));
    }
    return new Use(
        Meter.residentMegabytes(producer),
        services,
        Meter.residentMegabytes(cluster.of(Cluster.BROKER).get(0)),
        Meter.megabytes(cluster.brokerData().get(0)),
        states);
  }
}
