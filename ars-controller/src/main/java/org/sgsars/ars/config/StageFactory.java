package org.sgsars.ars.config;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.policy.Policies;
import org.sgsars.service.Stage;

/** The stage that this service runs. */
@Factory
@Requires(property = "micronaut.application.name", value = ArsStage.SERVICE)
final class StageFactory {
  @Singleton
  Stage stage(Policies policies) {
    return new ArsStage(policies);
  }
}
