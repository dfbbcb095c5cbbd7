package org.sgsars.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.service.PipelineLog;

/**
 * What it costs a run when machines come and go. A machine is the three middle services with a
 * folder of their own; broker, producer and analyzer are beside them. Each case is compared with
 * the undisturbed one before it, in time and in its report.
 */
final class Machines {
  private static final List<String> STAGES =
      List.of("sgs-service", "ars-controller", "crossbar-sim");
  private static final int HEAP = 256;
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final long POLL_MS = 50;

  /** Longest that a layer stood still is looked for in the time after an event. */
  private static final Duration AFTER = Duration.ofSeconds(30);

  private final Path work;
  private final Path experiment;
  private final int iterations;
  private final boolean isStatic;
  private final Children children;
  private final List<List<Process>> machines = new ArrayList<>();
  private final List<Path> folders = new ArrayList<>();
  private String servers = "";

  private Machines(Path work, int iterations, boolean isStatic) throws IOException {
    this.work = Files.createDirectories(work);
    this.experiment = ResNet50.PROJECT.resolve("experiments/quickstart.yml");
    this.iterations = iterations;
    this.isStatic = isStatic;
    this.children = new Children(work);
  }

  /** Something that happens on the way. */
  private interface Event {
    void run(Machines machines) throws IOException, InterruptedException;
  }

  /**
   * A case.
   *
   * @param machines at the beginning
   * @param after when it happens, in seconds since the first selection
   */
  private record Case(String name, int machines, boolean isStatic, int after, Event event) {}

  private static final List<Case> CASES =
      List.of(
          new Case("undisturbed", 2, false, 0, machines -> {}),
          new Case("one lost for ever after 20 s", 2, false, 20, machines -> machines.kill(0)),
          new Case("one added after 10 s", 1, false, 10, machines -> machines.add("added")),
          new Case("every process restarted in turn", 2, false, 5, Machines::restartEach),
          new Case("the same, named instances", 2, true, 5, Machines::restartEach));

  /** Prints a line for each case. */
  static void measure(Path work, int iterations) throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%-34s %8s %8s %10s %12s %6s%n",
        "case",
        "s",
        "ratio",
        "pause, s",
        "begun anew",
        "same");
    double undisturbed = 0;
    String report = "";
    for (Case next : CASES) {
      Path folder = work.resolve(next.name().replaceAll("\\W+", "-"));
      Machines machines = new Machines(folder, iterations, next.isStatic());
      Result result;
      try {
        result = machines.run(next);
      } finally {
        machines.children.close();
      }
      if (report.isEmpty()) {
        report = result.report();
        undisturbed = result.seconds();
      }
      System.out.printf(
          Locale.ROOT,
          "%-34s %8.1f %8.2f %10.1f %12d %6s%n",
          next.name(),
          result.seconds(),
          result.seconds() / undisturbed,
          result.pause(),
          result.begunAnew(),
          result.report().equals(report) ? "yes" : "NO");
    }
  }

  private record Result(double seconds, double pause, long begunAnew, String report) {}

  private Result run(Case next) throws Exception {
    servers = SeparateProcesses.startBroker(children, work);
    PipelineLog kafka = PipelineLog.onKafka(RawKafka.settings(servers));
    kafka.prepareTopics();
    start("lifetime-analyzer", work, "--sgsars.analyzer.reports=" + work.resolve("reports"));
    for (int i = 0; i < next.machines(); i++) {
      add("machine-" + i);
    }
    Process producer =
        start(
            "gradient-producer",
            work,
            "--sgsars.producer.experiment=" + experiment,
            "--sgsars.producer.run=machines",
            "--sgsars.producer.iterations=" + iterations);
    Path report = work.resolve("reports/machines/report.json");
    try (Gaps gaps = new Gaps(kafka)) {
      boolean hasHappened = false;
      while (!Files.exists(report)) {
        gaps.read();
        if (!producer.isAlive() && producer.exitValue() != 0) {
          throw new IOException("the producer ended; its log is in " + work);
        }
        if (!hasHappened && gaps.seconds() >= next.after() && gaps.seconds() > 0) {
          hasHappened = true;
          gaps.event();
          next.event().run(this);
        }
      }
      double seconds = gaps.seconds();
      return new Result(seconds, gaps.longest(), begunAnew(), timeless(report));
    }
  }

  private Process start(String service, Path folder, String... settings) throws IOException {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("--sgsars.kafka.bootstrap-servers=" + servers);
    all.add("--sgsars.kafka.properties.session.timeout.ms=" + SESSION.toMillis());
    all.add("--micronaut.server.port=-1");
    if (isStatic && STAGES.contains(service)) {
      all.add("--sgsars.kafka.properties.group.instance.id=" + folder.getFileName());
    }
    return children.service(service, HEAP, all);
  }

  private void add(String name) throws IOException {
    Path folder = Files.createDirectories(work.resolve(name));
    List<Process> started = new ArrayList<>();
    for (String stage : STAGES) {
      started.add(start(stage, folder));
    }
    machines.add(started);
    folders.add(folder);
  }

  private void kill(int machine) {
    machines.get(machine).forEach(Process::destroyForcibly);
  }

  /** Each stops in good order, is gone, and is started; then the next. */
  private void restartEach() throws IOException, InterruptedException {
    for (int machine = 0; machine < machines.size(); machine++) {
      for (int stage = 0; stage < STAGES.size(); stage++) {
        Process old = machines.get(machine).get(stage);
        old.destroy();
        if (!old.waitFor(60, TimeUnit.SECONDS)) {
          throw new IOException(STAGES.get(stage) + " does not stop");
        }
        machines.get(machine).set(stage, start(STAGES.get(stage), folders.get(machine)));
      }
    }
  }

  private long begunAnew() throws IOException {
    long count = 0;
    try (var logs = Files.newDirectoryStream(work, "*.log")) {
      for (Path log : logs) {
        count += Files.readAllLines(log).stream().filter(l -> l.contains("begins anew")).count();
      }
    }
    return count;
  }

  private static String timeless(Path report) throws IOException {
    return Files.readString(report)
        .replaceAll("\"(createdAt|finishedAt)\" : \"[^\"]*\"", "\"$1\" : \"\"");
  }

  /** How long layers stand still, by the times of their selections. */
  private static final class Gaps implements AutoCloseable {
    private final Consumer<String, byte[]> consumer;
    private final Map<String, Long> last = new HashMap<>();
    private long first = -1;
    private long from = Long.MAX_VALUE;
    private long longest;

    Gaps(PipelineLog kafka) {
      consumer = kafka.readAllConsumer();
      String topic = kafka.topics().updates();
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    void read() {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(POLL_MS))) {
        long now = record.timestamp();
        first = first < 0 ? now : first;
        Long before = last.put(record.key(), now);
        if (before != null && now > from && before < from + AFTER.toMillis()) {
          longest = Math.max(longest, now - before);
        }
      }
    }

    double seconds() {
      return first < 0 ? 0 : (System.currentTimeMillis() - first) / 1e3;
    }

    void event() {
      from = System.currentTimeMillis();
    }

    double longest() {
      return longest / 1e3;
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
