package org.sgsars.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Runs in a row and at once on one set of services, and what these have more of at the end. */
final class ManyRuns {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final long POLL_MS = 200;

  /** By then all classes are loaded, and all threads started. */
  private static final int TO_WARM_UP = 10;

  private static final List<String> SHORT_MEMORY =
      List.of("--sgsars.analyzer.keep-finished=10s", "--sgsars.analyzer.clock-difference=3s");

  /**
   * What there may be more of at the end: the JVM starts and ends threads of its own, and compiles.
   */
  private static final long MORE_KILOBYTES = 4096;

  private static final long MORE_THREADS = 4;
  private static final long MORE_FILES = 8;

  private final Path project;
  private final Path folder;
  private final Path experiment;
  private final long iterations;
  private final String expected;
  private final Consumer<String> log;

  /**
   * @param expected the report of an undisturbed run, without its times
   */
  ManyRuns(
      Path project,
      Path folder,
      Path experiment,
      long iterations,
      String expected,
      Consumer<String> log) {
    this.project = project;
    this.folder = folder;
    this.experiment = experiment;
    this.iterations = iterations;
    this.expected = expected;
    this.log = log;
  }

  /**
   * @return what is wrong; empty if nothing is
   */
  List<String> run(int inARow, int atOnce) throws Exception {
    Files.createDirectories(folder);
    List<String> wrong = new ArrayList<>();
    try (Cluster cluster = new Cluster(project, folder, Load.SHAPE, SHORT_MEMORY)) {
      int warm = Math.min(TO_WARM_UP, inARow);
      for (int i = 0; i < warm; i++) {
        produce(cluster, List.of("row-" + i), wrong);
      }
      awaitEmpty(cluster);
      Map<String, Meter.Holdings> before = holdings(cluster);
      log.accept("after %d runs: topics take %d MiB".formatted(warm, topics(cluster)));
      for (int i = warm; i < inARow; i++) {
        produce(cluster, List.of("row-" + i), wrong);
      }
      List<String> names = new ArrayList<>();
      for (int i = 0; i < atOnce; i++) {
        names.add("once-" + i);
      }
      produce(cluster, names, wrong);
      awaitEmpty(cluster);
      Map<String, Meter.Holdings> after = holdings(cluster);
      log.accept(
          "after %d runs in a row and %d at once: topics take %d MiB, and hold no record"
              .formatted(inARow, atOnce, topics(cluster)));
      compare(before, after, wrong);
      log.accept("processes that ended by themselves: " + cluster.ownExits());
    }
    return wrong;
  }

  private static long topics(Cluster cluster) throws IOException {
    return Meter.megabytes(cluster.brokerData().get(0));
  }

  private void produce(Cluster cluster, List<String> runs, List<String> wrong) throws Exception {
    Map<String, Member> producers = new TreeMap<>();
    for (String run : runs) {
      producers.put(run, cluster.produce(experiment, run, iterations));
    }
    long by = System.nanoTime() + TIMEOUT.toNanos();
    for (Map.Entry<String, Member> producer : producers.entrySet()) {
      Optional<Path> report = cluster.report(producer.getKey());
      while (report.isEmpty() || !producer.getValue().isOver()) {
        if (System.nanoTime() > by) {
          throw new IOException(
              "no report of %s after %s\n%s"
                  .formatted(producer.getKey(), TIMEOUT, cluster.lastWords()));
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MS);
        report = cluster.report(producer.getKey());
      }
      if (!ChaosRun.timeless(Files.readString(report.get())).equals(expected)) {
        wrong.add("the report of " + producer.getKey() + " is not that of an undisturbed run");
      }
      cluster.remove(producer.getValue());
    }
  }

  private static void awaitEmpty(Cluster cluster) throws Exception {
    long by = System.nanoTime() + TIMEOUT.toNanos();
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.directServers()))) {
      while (records(admin) > 0) {
        if (System.nanoTime() > by) {
          throw new IOException("%d records stay on the topics".formatted(records(admin)));
        }
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }

  /** On all topics but the broker's own. */
  private static long records(Admin admin) throws ExecutionException, InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    admin
        .describeTopics(admin.listTopics().names().get())
        .allTopicNames()
        .get()
        .forEach(
            (topic, description) ->
                description
                    .partitions()
                    .forEach(info -> partitions.add(new TopicPartition(topic, info.partition()))));
    return offsets(admin, partitions, OffsetSpec.latest())
        - offsets(admin, partitions, OffsetSpec.earliest());
  }

  private static long offsets(Admin admin, List<TopicPartition> partitions, OffsetSpec which)
      throws ExecutionException, InterruptedException {
    return admin
        .listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> which)))
        .all()
        .get()
        .values()
        .stream()
        .mapToLong(found -> found.offset())
        .sum();
  }

  private static Map<String, Meter.Holdings> holdings(Cluster cluster) throws Exception {
    Map<String, Meter.Holdings> holdings = new TreeMap<>();
    for (Member member : cluster.services()) {
      holdings.put(member.name(), Meter.holdings(member));
    }
    return holdings;
  }

  private void compare(
      Map<String, Meter.Holdings> before, Map<String, Meter.Holdings> after, List<String> wrong) {
    log.accept("                       heap in use, KiB       threads    open files");
    after.forEach(
        (name, now) -> {
          Meter.Holdings then = before.getOrDefault(name, now);
          log.accept(
              String.format(
                  Locale.ROOT,
                  "  %-18s %8d to %8d  %4d to %4d  %4d to %4d",
                  name,
                  then.heapKilobytes(),
                  now.heapKilobytes(),
                  then.threads(),
                  now.threads(),
                  then.files(),
                  now.files()));
          if (now.heapKilobytes() > then.heapKilobytes() + MORE_KILOBYTES
              || now.threads() > then.threads() + MORE_THREADS
              || now.files() > then.files() + MORE_FILES) {
            wrong.add(name + " has more at the end than it had after its first runs");
          }
        });
  }
}
