package org.sgsars.producer.config;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.experiment.ReadableFolders;
import org.sgsars.failure.ServiceException;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.producer.UnfinishedRun;
import org.sgsars.producer.kafka.Shard;
import org.sgsars.producer.kafka.TrainingCheckpoints;
import org.sgsars.producer.kafka.UnfinishedRuns;
import org.sgsars.service.LogSnapshotsByKey;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.StateFolder;
import org.sgsars.service.config.StateConfiguration;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.TraceSourcePolicy;

/** The run that this process sends. */
@Factory
@Requires(property = "micronaut.application.name", value = "gradient-producer")
final class ProducerFactory {
  @Singleton
  @Bean(typed = PipelineService.class)
  PipelineService producer(
      ProducerConfiguration configuration,
      StateConfiguration state,
      Policies policies,
      PipelineLog kafka) {
    if (configuration.experiment().isBlank()) {
      throw new ServiceException(
          "No experiment is named; give --sgsars.producer.experiment=FILE or SGSARS_PRODUCER_EXPERIMENT");
    }
    try {
      Path file = Path.of(configuration.experiment());
      Experiment experiment = ExperimentFile.read(file, policies, readable(configuration, file));
      if (configuration.iterations() != 0) {
        experiment =
            experiment.withIterationsOr(configuration.iterations(), "sgsars.producer.iterations");
      }
      if (!configuration.trace().isBlank()) {
        experiment =
            experiment.withSource(
                TraceSourcePolicy.replacing(
                    experiment.source().choice(), Path.of(configuration.trace())));
      }
      return producer(configuration, state, policies, experiment, kafka);
    } catch (ExperimentException | SourceException e) {
      throw new ServiceException(String.valueOf(e.getMessage()), e);
    }
  }

  private static PipelineService producer(
      ProducerConfiguration configuration,
      StateConfiguration state,
      Policies policies,
      Experiment experiment,
      PipelineLog kafka)
      throws SourceException, ExperimentException {
    Shard shard = shard(configuration);
    boolean namesItself = configuration.run().isEmpty();
    Instant now = Instant.ofEpochMilli(kafka.time().millis());
    if (namesItself && configuration.resume() && state.isFolder()) {
      UnfinishedRun unfinished = unfinished(configuration, state, experiment);
      PreparedRun prepared =
          PreparedRun.of(experiment, policies, unfinished.name().orElse(""), now);
      unfinished.remember(prepared.plan().run());
      return prepared.producer(kafka, checkpoints(prepared, state, kafka), unfinished::delete);
    }
    PreparedRun prepared =
        PreparedRun.of(experiment, policies, configuration.run(), now).shard(shard);
    if (!namesItself) {
      return prepared.producer(kafka, checkpoints(prepared, state, kafka), () -> {});
    }
    if (!configuration.resume()) {
      // Started again it would be another run.
      return prepared.producer(kafka);
    }
    PreparedRun resumed =
        UnfinishedRuns.like(prepared.plan(), kafka).map(prepared::named).orElse(prepared);
    return resumed.producer(kafka, checkpoints(resumed, state, kafka), () -> {});
  }

  private static Shard shard(ProducerConfiguration configuration) {
    if (configuration.shard().isEmpty()) {
      return Shard.WHOLE;
    }
    Shard shard;
    try {
      shard = Shard.parse(configuration.shard());
    } catch (IllegalArgumentException e) {
      throw new ServiceException("sgsars.producer.shard: " + e.getMessage(), e);
    }
    if (configuration.run().isEmpty() && !shard.isWhole()) {
      throw new ServiceException(
          "sgsars.producer.shard is %s and sgsars.producer.run empty; give all producers of a run the same name"
              .formatted(shard));
    }
    return shard;
  }

  private static Optional<TrainingCheckpoints> checkpoints(
      PreparedRun prepared, StateConfiguration state, PipelineLog kafka) {
    return prepared
        .plan()
        .training()
        .map(
            training ->
                new TrainingCheckpoints(
                    state.isFolder()
                        ? new StateFolder(Path.of(state.folder()))
                        : new LogSnapshotsByKey(kafka, key -> kafka.trainingSnapshots(key.name())),
                    state.saveInterval(),
                    kafka.time()));
  }

  private static ReadableFolders readable(ProducerConfiguration configuration, Path file) {
    if (configuration.readable().isBlank()) {
      Path home = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), Path.of("/"));
      return ReadableFolders.of(
          List.of(home, home.resolveSibling("traces"), home.resolveSibling("data"), Path.of("")));
    }
    return ReadableFolders.of(
        Arrays.stream(configuration.readable().split(",", -1))
            .map(String::strip)
            .filter(folder -> !folder.isEmpty())
            .map(Path::of)
            .toList());
  }

  private static UnfinishedRun unfinished(
      ProducerConfiguration configuration, StateConfiguration state, Experiment experiment) {
    String host = System.getenv().getOrDefault("HOSTNAME", "here");
    return new UnfinishedRun(
        Path.of(state.folder()).resolve("unfinished-run-" + host.replaceAll("[^A-Za-z0-9.-]", "_")),
        List.of(experiment.text(), Long.toString(experiment.iterations()), configuration.trace()));
  }
}
