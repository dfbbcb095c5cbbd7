package org.sgsars.crossbar.config;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.service.Stage;

/** The stage that this service runs. */
@Factory
final class StageFactory {
  @Singleton
  Stage stage() {
    return new CrossbarStage();
  }
}
