package org.sgsars.producer.config;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Instant;
import org.sgsars.contract.experiment.Experiment;
import org.sgsars.contract.experiment.ExperimentException;
import org.sgsars.contract.experiment.ExperimentFile;
import org.sgsars.contract.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.producer.core.SourceException;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceException;

/** The run that this process sends. */
@Factory
@Requires(property = "micronaut.application.name", value = "gradient-producer")
final class ProducerFactory {
  @Singleton
  @Bean(typed = PipelineService.class)
  PipelineService producer(
      ProducerConfiguration configuration, Policies policies, KafkaAccess kafka) {
    if (configuration.experiment().isBlank()) {
      throw new ServiceException(
          "No experiment is named; give --sgsars.producer.experiment=FILE or SGSARS_PRODUCER_EXPERIMENT");
    }
    try {
      Experiment experiment = ExperimentFile.read(Path.of(configuration.experiment()), policies);
      if (configuration.iterations() > 0) {
        experiment = experiment.withIterations(configuration.iterations());
      }
      return PreparedRun.of(experiment, policies, configuration.run(), Instant.now())
          .producer(kafka);
    } catch (ExperimentException | SourceException e) {
      throw new ServiceException(String.valueOf(e.getMessage()), e);
    }
  }
}
