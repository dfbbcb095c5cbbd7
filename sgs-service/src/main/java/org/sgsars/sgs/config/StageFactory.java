package org.sgsars.sgs.config;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import org.sgsars.policy.Policies;
import org.sgsars.service.Stage;
import org.sgsars.sgs.kafka.SgsStage;

/** The stage that this service runs. */
@Factory
@Requires(property = "micronaut.application.name", value = SgsStage.SERVICE)
final class StageFactory {
  @Singleton
  Stage stage(Policies policies) {
    return new SgsStage(policies);
  }
}
