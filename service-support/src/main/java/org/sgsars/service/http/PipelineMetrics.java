package org.sgsars.service.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.configuration.metrics.aggregator.MeterRegistryConfigurer;
import jakarta.inject.Singleton;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceStatus;

/** {@code GET /prometheus}: the service's own counters beside the JVM's. */
@Singleton
final class PipelineMetrics implements MeterRegistryConfigurer<MeterRegistry> {
  private final PipelineService service;

  PipelineMetrics(PipelineService service) {
    this.service = service;
  }

  @Override
  public void configure(MeterRegistry registry) {
    ServiceStatus status = service.status();
    registry.more().counter("sgsars.records", java.util.List.of(), status, ServiceStatus::records);
    registry
        .more()
        .counter("sgsars.dead.letters", java.util.List.of(), status, ServiceStatus::deadLetters);
    registry.gauge("sgsars.partitions", status, ServiceStatus::partitions);
    registry.gauge("sgsars.lag.records", status, ServiceStatus::lag);
  }

  @Override
  public Class<MeterRegistry> getType() {
    return MeterRegistry.class;
  }
}
