package org.sgsars.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.OffsetQuery;
import org.sgsars.log.TimeSource;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.service.KafkaSettings;
import org.sgsars.service.PipelineLog;

/** Runs experiments for tests. */
public final class Runs {
  public static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  public static final Policies POLICIES = Policies.onClassPath();

  private Runs() {}

  public static PreparedRun prepared(Path experiment, String run) throws Exception {
    return PreparedRun.of(ExperimentFile.read(experiment, POLICIES), POLICIES, run, Instant.EPOCH);
  }

  public static PreparedRun prepared(Path experiment, String run, long iterations)
      throws Exception {
    return PreparedRun.of(
        ExperimentFile.read(experiment, POLICIES).withIterations(iterations),
        POLICIES,
        run,
        Instant.EPOCH);
  }

  public static PipelineRun.Outcome run(Path experiment, int partitions, int instances, Path folder)
      throws Exception {
    return run(ExperimentFile.read(experiment, POLICIES), partitions, instances, folder);
  }

  public static PipelineRun.Outcome run(Path experiment, long iterations, Path folder)
      throws Exception {
    return run(ExperimentFile.read(experiment, POLICIES).withIterations(iterations), 4, 1, folder);
  }

  /**
   * The quickstart with a lead of a few iterations: on fast and slow machines it goes on for about
   * as long, and waits most of the time.
   *
   * @param file where it goes
   * @param more keys of it, in YAML
   */
  static Path pacedQuickstart(Path file, String more) throws IOException {
    return Files.writeString(file, quickstart() + "pipeline: {maxLead: 10}\n%s\n".formatted(more));
  }

  /** The quickstart's text, for a file anywhere. */
  static String quickstart() throws IOException {
    return Files.readString(PROJECT.resolve("experiments/quickstart.yml"))
        .replace("../traces", PROJECT.resolve("traces").toString());
  }

  /** Runs an experiment in memory and writes its report. */
  private static PipelineRun.Outcome run(
      Experiment experiment, int partitions, int instances, Path folder) throws Exception {
    return run(experiment, PipelineRun.Options.inMemory(partitions, instances), folder);
  }

  /** The same on a broker of its own. */
  public static PipelineRun.Outcome runOnBroker(
      Path experiment, int partitions, int instances, Path folder) throws Exception {
    return run(
        ExperimentFile.read(experiment, POLICIES),
        PipelineRun.Options.embedded(partitions, instances),
        folder);
  }

  private static PipelineRun.Outcome run(
      Experiment experiment, PipelineRun.Options options, Path folder) throws Exception {
    PreparedRun run = PreparedRun.of(experiment, POLICIES, "test", Instant.EPOCH);
    PipelineRun.Outcome outcome =
        new PipelineRun(run, POLICIES, options.withWorkFolder(folder.resolve("work")))
            .execute(iterations -> {});
    ReportFolder.write(outcome.report(), folder);
    return outcome;
  }

  /** Access to a broker, under topics without a prefix. */
  public static PipelineLog kafka(EmbeddedBroker broker, int partitions) {
    return kafka(broker.bootstrapServers(), partitions);
  }

  static PipelineLog kafka(String servers, int partitions) {
    return PipelineLog.onKafka(
        new KafkaSettings(servers, "", partitions, -1, Duration.ofSeconds(15), Map.of()));
  }

  /** A log in memory for services in threads, in a fast time, under topics without a prefix. */
  public static PipelineLog inMemory(int partitions) {
    FastTime time = new FastTime();
    return inMemory(MemoryLog.forThreads(MemorySettings.DEFAULTS, time), time, partitions);
  }

  static PipelineLog inMemory(MemoryLog log, TimeSource time, int partitions) {
    return new PipelineLog(log.clients(), time, "", partitions, 1);
  }

  /** An offset of a partition that is there. */
  static long offset(PipelineLog log, TopicPartition of, OffsetQuery which) {
    try (LogAdmin admin = log.admin()) {
      return Objects.requireNonNull(admin.listOffsets(Map.of(of, which)).get(of)).offset();
    }
  }

  static Map<TopicPartition, OffsetAndMetadata> committed(PipelineLog log, String group) {
    try (LogAdmin admin = log.admin()) {
      return admin.committed(group);
    }
  }

  /** A report's text without when it was made. */
  public static String timeless(Path folder) throws Exception {
    return Files.readString(folder.resolve("report.json"))
        .replaceAll("\"(createdAt|finishedAt)\" : \"[^\"]*\"", "\"$1\" : \"\"")
        .replaceFirst("\"run\" : \"[^\"]*\"", "\"run\" : \"\"");
  }

  /** Kafka's own view of a cluster, for what services do not ask. */
  static org.apache.kafka.clients.admin.Admin admin(PipelineLog of) {
    return org.apache.kafka.clients.admin.Admin.create(
        Map.of(org.apache.kafka.clients.CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, of.place()));
  }

  /** The report.json of a folder. */
  static JsonNode report(Path folder) throws IOException {
    return JsonMapper.builder().build().readTree(folder.resolve("report.json").toFile());
  }
}
