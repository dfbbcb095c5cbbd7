package org.sgsars.service.config;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import org.sgsars.policy.Policies;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceLoop;
import org.sgsars.service.Stage;
import org.sgsars.service.StateFolder;

/** What services are made of. A service of the pipeline's middle only has to offer its stage. */
@Factory
public final class ServiceFactory {
  @Singleton
  KafkaAccess kafka(KafkaConfiguration configuration) {
    return new KafkaAccess(configuration.settings(System.getenv()));
  }

  @Singleton
  Policies policies() {
    return Policies.onClassPath();
  }

  @Singleton
  @Bean(typed = PipelineService.class)
  @Requires(beans = Stage.class)
  PipelineService loop(Stage stage, KafkaAccess kafka, StateConfiguration state) {
    return new ServiceLoop(
        stage, kafka, new StateFolder(Path.of(state.folder())), state.saveInterval());
  }
}
