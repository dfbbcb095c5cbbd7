package org.sgsars.crossbar.config;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.policy.Policies;
import org.sgsars.service.Stage;

/** The stage that this service runs. */
@Factory
@Requires(property = "micronaut.application.name", value = CrossbarStage.SERVICE)
final class StageFactory {
  @Singleton
  Stage stage(Policies policies) {
    return new CrossbarStage(policies);
  }
}
