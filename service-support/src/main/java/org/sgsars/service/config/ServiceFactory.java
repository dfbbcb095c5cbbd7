package org.sgsars.service.config;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import org.sgsars.policy.Policies;
import org.sgsars.service.LogSnapshots;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceLoop;
import org.sgsars.service.SnapshotStore;
import org.sgsars.service.Stage;
import org.sgsars.service.StateFolder;

/** What services are made of. A service of the pipeline's middle only has to offer its stage. */
@Factory
public final class ServiceFactory {
  /**
   * @param clockOffset of tests that want a wrong clock; in no list of settings
   */
  @Singleton
  PipelineLog log(
      KafkaConfiguration configuration, @Value("${sgsars.clock-offset:0s}") Duration clockOffset) {
    return PipelineLog.onKafka(configuration.settings(System.getenv()), clockOffset);
  }

  @Singleton
  Policies policies() {
    return Policies.onClassPath();
  }

  @Singleton
  @Bean(typed = PipelineService.class)
  @Requires(beans = Stage.class)
  PipelineService loop(Stage stage, PipelineLog log, StateConfiguration state) {
    SnapshotStore snapshots =
        state.isFolder() ? new StateFolder(Path.of(state.folder())) : LogSnapshots.of(log, stage);
    return new ServiceLoop(stage, log, snapshots, state.saveInterval());
  }
}
