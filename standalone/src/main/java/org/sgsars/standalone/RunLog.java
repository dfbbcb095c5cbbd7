package org.sgsars.standalone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.TimeSource;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.service.KafkaSettings;
import org.sgsars.service.PipelineLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log that runs in this process go through, from its start to its end. */
final class RunLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final int DEFAULT_REPLICATION = -1;

  private final PipelineLog pipeline;
  private final List<String> stages;
  private final Consumer<RunLog> end;

  /** Whether a broker has answered, so that there may be topics. */
  private boolean isReached;

  /**
   * @param end is run when the run is over
   */
  private RunLog(PipelineLog pipeline, List<String> stages, Consumer<RunLog> end) {
    this.pipeline = pipeline;
    this.stages = stages;
    this.end = end;
  }

  /**
   * Opens it; a broker in this process starts.
   *
   * @param run names the topics on a cluster that others use too
   * @param stages whose groups read it
   * @param failures is called if a broker in this process gives up later
   * @throws ServiceException if a broker does not start
   */
  static RunLog open(
      PipelineRun.Options options,
      Path work,
      String run,
      List<String> stages,
      Consumer<ServiceException> failures) {
    if (options.log() instanceof LogChoice.Cluster cluster) {
      PipelineLog shared =
          onKafka(
              cluster.bootstrapServers(),
              "sgs-ars." + run + ".",
              options.partitions(),
              cluster.properties());
      return new RunLog(shared, stages, RunLog::deleteTopics);
    }
    if (!(options.log() instanceof LogChoice.EmbeddedKafka embedded)) {
      return new RunLog(
          new PipelineLog(
              MemoryLog.forThreads().clients(), TimeSource.SYSTEM, "", options.partitions(), 1),
          stages,
          log -> {});
    }
    EmbeddedBroker broker = EmbeddedBroker.open(work.resolve("broker"), embedded.port(), failures);
    return new RunLog(
        onKafka(broker.bootstrapServers(), "", options.partitions(), Map.of()),
        stages,
        log -> broker.close());
  }

  private static PipelineLog onKafka(
      String servers, String prefix, int partitions, Map<String, String> properties) {
    return PipelineLog.onKafka(
        new KafkaSettings(servers, prefix, partitions, DEFAULT_REPLICATION, TIMEOUT, properties));
  }

  PipelineLog pipeline() {
    return pipeline;
  }

  /**
   * Waits for a broker, then makes the run's topics.
   *
   * @throws ServiceException if none answers in time, or the topics cannot be made
   */
  void prepareTopics() {
    pipeline.awaitBroker();
    isReached = true;
    pipeline.prepareTopics();
  }

  /** Removes members that were killed here: partitions would wait until their sessions time out. */
  void removeMembers() {
    try (LogAdmin admin = pipeline.admin()) {
      for (String service : stages) {
        try {
          admin.removeMembers(pipeline.group(service));
        } catch (KafkaException e) {
          LOG.debug("No members of {} to remove", service, e);
        }
      }
    }
  }

  /** Deletes the run's topics from a cluster, which others use too; stops a broker of its own. */
  @Override
  public void close() {
    end.accept(this);
  }

  private void deleteTopics() {
    if (!isReached) {
      return;
    }
    try (LogAdmin admin = pipeline.admin()) {
      admin.deleteTopics(pipeline.topics().all(), LocalServices.STOP_PATIENCE);
      admin.deleteGroups(stages.stream().map(pipeline::group).toList());
    } catch (KafkaException e) {
      System.err.println(
          "The run's topics stay on the cluster ("
              + pipeline.topics().prefix()
              + "...): "
              + e.getMessage());
    }
  }
}
