package org.sgsars.simulation;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.experiment.Experiment;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;
import org.sgsars.log.LogOffset;
import org.sgsars.log.OffsetQuery;
import org.sgsars.log.PartitionOrder;
import org.sgsars.log.TimeSource;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;
import org.sgsars.policy.Policies;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.producer.kafka.TrainingCheckpoints;
import org.sgsars.random.RandomStream;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.LogSnapshots;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.ServiceLoop;
import org.sgsars.service.SnapshotStore;
import org.sgsars.service.Stage;
import org.sgsars.service.StateFolder;
import org.sgsars.sgs.kafka.SgsStage;
import org.sgsars.wire.SnapshotChunk;
import org.sgsars.wire.SnapshotEnd;

/** Everything that a schedule runs in: log, clock, disks, and the processes of all services. */
final class World implements AutoCloseable {
  private static final int PARTITIONS = 2;
  private static final long START_MS = 1_700_000_000_000L;
  private static final int MOST_NANOS_PER_STEP = 20_000_000;
  private static final long BLOCKED_NANOS = 5_000_000;
  private static final Duration DELIVERY = Duration.ofMillis(1500);
  private static final Duration SESSION = Duration.ofSeconds(1);
  private static final Duration SAVE_INTERVAL = Duration.ofMillis(300);

  /** Longer than anything that is only late, so that no run is given up. */
  private static final Retention.Times KEEP =
      new Retention.Times(Duration.ofSeconds(8), Duration.ofDays(1), Duration.ofSeconds(1));

  private final ManualTime time = new ManualTime(START_MS);
  private final SplittableRandom random;
  private final RandomStream clocks;
  private final MemoryLog log;
  private final Disks disks = new Disks();
  private final Experiments experiments;
  private final Snapshots snapshots;
  private final boolean retiresRuns;
  private final List<Instance> instances = new ArrayList<>();
  private final Map<String, LifetimeReport> reports = new TreeMap<>();
  private long steps;
  private long brokersBackAt;

  /**
   * @param snapshots where the three middle services keep them
   * @param copies of each of these
   * @param retiresRuns whether runs are retired when they have been over for a while
   */
  World(long seed, Experiments experiments, Snapshots snapshots, int copies, boolean retiresRuns) {
    this.random = RandomStream.of(seed, "simulation").generator();
    this.clocks = RandomStream.of(seed, "clocks");
    this.experiments = experiments;
    this.snapshots = snapshots;
    this.retiresRuns = retiresRuns;
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
    instances.add(new Instance(AnalyzerLoop.SERVICE, this, (own, disk) -> analyzer(own)));
  }

  private void stage(String service, int copy) {
    instances.add(
        new Instance(
            service + "/" + copy,
            this,
            (own, disk) -> {
              Stage stage = fresh(service);
              return new ServiceLoop(stage, own, snapshots(own, stage), SAVE_INTERVAL, disk);
            }));
  }

  private SnapshotStore snapshots(PipelineLog own, Stage stage) {
    return switch (snapshots) {
      case LOG -> LogSnapshots.of(own, stage);
      case FOLDER -> new StateFolder(disks.states(stage.service()));
    };
  }

  /**
   * Somebody who knows nothing of snapshots, or was interrupted, writes to where they are.
   *
   * @return what happened, for people
   */
  String spoilSnapshots(String service) {
    String topic = pipelineLog(log.clients()).topics().snapshots(service);
    int partition = draw(PARTITIONS);
    byte[] stranger = new byte[1 + draw(40)];
    byte[] torn =
        WireFormat.SNAPSHOT_CHUNK.encode(
            new SnapshotChunk((long) draw(200), draw(2), ByteBuffer.wrap(stranger)));
    byte[] lie =
        WireFormat.SNAPSHOT_END.encode(
            new SnapshotEnd(
                "any", (long) draw(200), (long) draw(200), draw(3), (long) draw(100), 0L, 0L));
    boolean isThere;
    try (LogAdmin admin = log.clients().admin()) {
      isThere = !admin.describeTopics(List.of(topic)).isEmpty();
    }
    if (isThere) {
      try (Producer<String, byte[]> producer = log.clients().producer(Duration.ZERO)) {
        for (byte[] value : List.of(stranger, torn, lie).subList(0, 1 + draw(3))) {
          producer.send(new ProducerRecord<>(topic, partition, "any", value));
        }
      }
    }
    return "records that are no snapshots come to %s-%d".formatted(topic, partition);
  }

  /**
   * Deletes a service's snapshots with their topic.
   *
   * @return what happened, for people
   */
  String deleteSnapshots(String service) {
    String topic = pipelineLog(log.clients()).topics().snapshots(service);
    try (LogAdmin admin = log.clients().admin()) {
      admin.deleteTopics(List.of(topic), Duration.ofSeconds(1));
    } catch (KafkaException e) {
      return "topic %s could not be deleted; the processes of %s die".formatted(topic, service);
    }
    return "topic %s is deleted, and the processes of %s die".formatted(topic, service);
  }

  /** Where the services keep their snapshots. */
  Snapshots snapshots() {
    return snapshots;
  }

  /** A process has a stage of its own. */
  private Stage fresh(String service) {
    Policies policies = experiments.policies();
    return switch (service) {
      case "sgs-service" -> new SgsStage(policies);
      case "ars-controller" -> new ArsStage(policies);
      default -> new CrossbarStage(policies);
    };
  }

  private AnalyzerLoop analyzer(PipelineLog own) {
    return new AnalyzerLoop(
        own,
        retiresRuns ? Optional.of(KEEP) : Optional.empty(),
        experiments.policies(),
        report -> reports.put(report.plan().run(), report));
  }

  /** Removes the producers of runs that were sent before, and their reports. */
  void removeProducers() {
    instances.removeIf(instance -> instance.name().startsWith(RunProducer.SERVICE));
    reports.clear();
  }

  /** Lets a producer send a run from now on. */
  void send(Experiment experiment, String run) {
    String name = RunProducer.SERVICE + "/" + run;
    instances.add(
        new Instance(
            name,
            this,
            (own, disk) ->
                experiments
                    .prepared(experiment, run, Instant.ofEpochMilli(time.millis()))
                    .producer(
                        own,
                        Optional.of(
                            new TrainingCheckpoints(
                                new StateFolder(disks.states(name)), SAVE_INTERVAL, time)),
                        () -> {})));
  }

  /** The log as whoever has these clients sees it. */
  PipelineLog pipelineLog(LogClients clients) {
    return pipelineLog(clients, time);
  }

  /** The same on a machine with a clock of its own. */
  PipelineLog pipelineLog(LogClients clients, TimeSource clock) {
    return new PipelineLog(clients, clock, "", PARTITIONS, -1);
  }

  /** The clock of a process's machine. No two differ by more than they may. */
  TimeSource clock(String process) {
    int most = (int) KEEP.clocks().toMillis();
    int offset = clocks.child(process).generator().nextInt(most) - most / 2;
    return time.ahead(Duration.ofMillis(offset));
  }

  MemoryLog log() {
    return log;
  }

  ManualTime time() {
    return time;
  }

  Disks disks() {
    return disks;
  }

  List<Instance> instances() {
    return instances;
  }

  /** The runs that have a report. */
  Set<String> reported() {
    return reports.keySet();
  }

  /** The last report of each of them, as text that can be compared. */
  Map<String, String> reports() {
    Map<String, String> texts = new TreeMap<>();
    reports.forEach((run, report) -> texts.put(run, Reports.comparable(report)));
    return texts;
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
  void brokersDown(int forSteps) {
    log.faults().stopBrokers();
    brokersBackAt = steps + forSteps;
  }

  /** From now on nothing goes wrong. */
  void calm() {
    log.faults().deliverAll();
    log.faults().release();
    log.faults().startBrokers();
  }

  /** Runs that are sent, or were. */
  int producers() {
    return (int)
        instances.stream()
            .filter(instance -> instance.name().startsWith(RunProducer.SERVICE))
            .count();
  }

  /** What a process came down by that no fault deserves, for people. */
  Optional<String> bug() {
    for (Instance instance : instances) {
      Optional<Throwable> bug = instance.bug();
      if (bug.isPresent()) {
        StringWriter trace = new StringWriter();
        bug.get().printStackTrace(new PrintWriter(trace));
        return Optional.of("%s came down by %s".formatted(instance.name(), trace));
      }
    }
    return Optional.empty();
  }

  /** Whether every run is sent. */
  boolean isSent() {
    return instances.stream()
        .filter(instance -> instance.name().startsWith(RunProducer.SERVICE))
        .allMatch(Instance::isDone);
  }

  /** Why a run began anew, if it did. */
  Optional<String> stateLost(String run) {
    try (KafkaRunCatalog runs = new KafkaRunCatalog(pipelineLog(log.clients()))) {
      return runs.stateLost(run);
    }
  }

  /** Lets so much time go by that every run that is over is to be retired. */
  void expireRetention() {
    time.advance(KEEP.finished().plus(KEEP.clocks().multipliedBy(2)));
  }

  /** What there still is of any run, for people; empty if there is nothing. */
  Optional<String> leftOfRuns() {
    for (Instance instance : instances) {
      if (!instance.isDone() && !instance.hasNothing()) {
        return Optional.of(instance.name() + " remembers runs, or is down");
      }
    }
    return recordsLeft();
  }

  private Optional<String> recordsLeft() {
    Map<TopicPartition, OffsetQuery> first = new TreeMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
    Map<TopicPartition, OffsetQuery> next = new TreeMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
    PipelineLog own = pipelineLog(log.clients());
    for (String topic : own.topics().all()) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        first.put(new TopicPartition(topic, partition), OffsetQuery.earliest());
        next.put(new TopicPartition(topic, partition), OffsetQuery.latest());
      }
    }
    try (LogAdmin admin = own.admin()) {
      Map<TopicPartition, LogOffset> starts = admin.listOffsets(first);
      for (Map.Entry<TopicPartition, LogOffset> end : admin.listOffsets(next).entrySet()) {
        LogOffset start = starts.get(end.getKey());
        if (start != null && start.offset() < end.getValue().offset()) {
          return Optional.of("records are left on " + end.getKey());
        }
      }
      return Optional.empty();
    } catch (KafkaException e) {
      return Optional.of("the brokers are away");
    }
  }

  /**
   * Lets somebody do a step, and time go by.
   *
   * @return what there is to say of it
   */
  Optional<String> step() {
    steps++;
    disks.makeRoom(steps);
    time.pause(draw(MOST_NANOS_PER_STEP));
    if (steps == brokersBackAt) {
      log.faults().startBrokers();
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
      log.faults().startBrokers();
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
    disks.close();
  }
}
