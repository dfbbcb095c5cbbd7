package org.sgsars.simulation;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.experiment.Experiment;
import org.sgsars.log.LogClients;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.random.RandomStream;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.ServiceLoop;
import org.sgsars.service.Stage;
import org.sgsars.service.StateFolder;
import org.sgsars.sgs.kafka.SgsStage;

/** Everything that a schedule runs in: log, clock, disks, and the processes of all services. */
final class World implements AutoCloseable {
  static final int PARTITIONS = 2;
  private static final long START_MS = 1_700_000_000_000L;
  private static final long DISK = 1 << 20;
  private static final int BLOCK = 8 << 10;
  private static final int MOST_NANOS_PER_STEP = 20_000_000;
  private static final long BLOCKED_NANOS = 5_000_000;
  private static final Duration DELIVERY = Duration.ofSeconds(3);
  private static final Duration SESSION = Duration.ofSeconds(2);
  private static final Duration SAVE_INTERVAL = Duration.ofMillis(300);

  private final ManualTime time = new ManualTime(START_MS);
  private final SplittableRandom random;
  private final MemoryLog log;
  private final Map<String, FileSystem> disks = new TreeMap<>();

  /** The disks that are full, and the step at which they have room again. */
  private final Map<String, Long> full = new TreeMap<>();

  private final Policies policies;
  private final List<Instance> instances = new ArrayList<>();
  private final Map<String, String> reports = new TreeMap<>();
  private long steps;
  private long brokersBackAt;

  /**
   * @param runs how many are sent at once
   * @param copies of each of the three middle services
   */
  World(long seed, Experiment experiment, Policies policies, int runs, int copies) {
    this.random = RandomStream.of(seed, "simulation").generator();
    this.policies = policies;
    MemorySettings settings =
        random.nextBoolean()
            ? MemorySettings.DEFAULTS
            : MemorySettings.DEFAULTS.withCooperativeGroups();
    this.log =
        MemoryLog.stepped(
            settings
                .withMemberTimeouts(SESSION, settings.maxPollInterval())
                .withAnswerTimeouts(settings.callTimeout(), settings.adminTimeout(), DELIVERY)
                .withMaxPollRecords(1 + random.nextInt(40)),
            time);
    log.faults().whenBlocked(this::whenBlocked);
    pipelineLog(log.clients()).prepareTopics();
    for (int copy = 0; copy < copies; copy++) {
      stage("sgs-service", copy);
      stage("ars-controller", copy);
      stage("crossbar-sim", copy);
    }
    instances.add(new Instance("lifetime-analyzer", this, (own, disk) -> analyzer(own)));
    for (int run = 0; run < runs; run++) {
      String name = "run-" + run;
      instances.add(
          new Instance(
              "gradient-producer/" + name,
              this,
              (own, disk) ->
                  PreparedRun.of(experiment, policies, name, Instant.EPOCH).producer(own)));
    }
  }

  private void stage(String service, int copy) {
    instances.add(
        new Instance(
            service + "/" + copy,
            this,
            (own, disk) ->
                new ServiceLoop(
                    fresh(service), own, new StateFolder(folder(service)), SAVE_INTERVAL, disk)));
  }

  /** A process has a stage of its own. */
  private Stage fresh(String service) {
    return switch (service) {
      case "sgs-service" -> new SgsStage(policies);
      case "ars-controller" -> new ArsStage(policies);
      default -> new CrossbarStage(policies);
    };
  }

  private AnalyzerLoop analyzer(PipelineLog own) {
    return new AnalyzerLoop(
        own,
        policies,
        report -> reports.put(report.plan().run(), timeless(ReportFolder.json(report))));
  }

  /** When a run ended is no part of its result. */
  private static String timeless(String report) {
    return report.replaceFirst("\"finishedAt\" : \"[^\"]*\"", "\"finishedAt\" : \"\"");
  }

  /** Where the instances of a service keep their states. */
  Path folder(String service) {
    return disk(service).getPath("/state");
  }

  private FileSystem disk(String service) {
    return disks.computeIfAbsent(
        service,
        name -> Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(DISK).build()));
  }

  /** Fills the disk of a service for some steps. */
  void fill(String service, int forSteps) throws IOException {
    byte[] block = new byte[BLOCK];
    try (OutputStream file = Files.newOutputStream(disk(service).getPath("/filler"))) {
      while (true) {
        file.write(block);
      }
    } catch (IOException e) {
      // Now it is full.
      full.put(service, steps + forSteps);
    }
  }

  private void makeRoom() {
    full.entrySet()
        .removeIf(
            entry -> {
              boolean isTime = steps >= entry.getValue();
              if (isTime) {
                try {
                  Files.deleteIfExists(disk(entry.getKey()).getPath("/filler"));
                } catch (IOException e) {
                  throw new UncheckedIOException("A disk in memory fails", e);
                }
              }
              return isTime;
            });
  }

  /** The newest states of a service, those of each partition in turn. */
  List<Path> states(String service) throws IOException {
    if (!Files.isDirectory(folder(service))) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder(service))) {
      return all.filter(file -> file.toString().endsWith(".state"))
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  PipelineLog pipelineLog(LogClients clients) {
    return new PipelineLog(clients, time, "", PARTITIONS, -1);
  }

  MemoryLog log() {
    return log;
  }

  ManualTime time() {
    return time;
  }

  List<Instance> instances() {
    return instances;
  }

  /** The last report of each run that has one. */
  Map<String, String> reports() {
    return reports;
  }

  /** A number from 0 to below a bound. */
  int draw(int bound) {
    return random.nextInt(bound);
  }

  /** Steps done until now. */
  long steps() {
    return steps;
  }

  /** Takes the brokers away for some steps. */
  void brokersAway(int forSteps) {
    log.faults().takeBrokersAway();
    brokersBackAt = steps + forSteps;
  }

  /** From now on nothing goes wrong. */
  void calm() {
    log.faults().deliverAll();
    log.faults().release();
    log.faults().bringBrokersBack();
  }

  /** Whether every run is sent. */
  boolean isSent() {
    return instances.stream()
        .filter(instance -> instance.name().startsWith("gradient-producer"))
        .allMatch(Instance::isDone);
  }

  /**
   * Lets somebody do a step, and time go by.
   *
   * @return what there is to say of it
   */
  Optional<String> step() {
    steps++;
    makeRoom();
    time.pause(draw(MOST_NANOS_PER_STEP));
    if (steps == brokersBackAt) {
      log.faults().bringBrokersBack();
      return Optional.of("the brokers are back");
    }
    if (draw(8) == 0) {
      log.faults().release(1 + draw(4));
    }
    Instance next = instances.get(draw(instances.size()));
    if (draw(4) == 0) {
      next.workOfDisk();
    }
    return next.canStep(steps, time.nanos())
        ? next.step(steps).map(end -> next.name() + " is down: " + end)
        : Optional.empty();
  }

  /** A call cannot go on: while it waits, what it waits for comes. */
  private void whenBlocked() {
    if (steps < brokersBackAt) {
      log.faults().bringBrokersBack();
      brokersBackAt = 0;
    }
    time.pause(BLOCKED_NANOS);
    log.faults().release();
  }

  /** Who is up and who is not, for people. */
  String state() {
    return instances.stream()
        .map(i -> i.name() + (i.isDone() ? " done" : i.isUp() ? " up" : " down"))
        .toList()
        .toString();
  }

  @Override
  public void close() throws IOException {
    for (FileSystem disk : disks.values()) {
      disk.close();
    }
  }
}
