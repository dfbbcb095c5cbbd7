package org.sgsars.service.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micronaut.context.BeanProvider;
import jakarta.inject.Singleton;
import org.sgsars.service.PipelineService;

/**
 * {@code GET /prometheus}: the service's own counters beside the JVM's. The service is asked for
 * when they are read, so that a service that cannot be made fails where its failure is said.
 */
@Singleton
final class PipelineMetrics implements MeterBinder {
  private final BeanProvider<PipelineService> service;

  PipelineMetrics(BeanProvider<PipelineService> service) {
    this.service = service;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder("sgsars.records", service, s -> s.get().status().records())
        .description("Records read since the start")
        .register(registry);
    FunctionCounter.builder("sgsars.dead.letters", service, s -> s.get().status().deadLetters())
        .description("Records since the start that could not be used")
        .register(registry);
    Gauge.builder("sgsars.partitions", service, s -> s.get().status().partitions())
        .description("Partitions assigned to this instance")
        .register(registry);
    Gauge.builder("sgsars.lag.records", service, s -> s.get().status().lag())
        .description("Records in these partitions that are not read yet")
        .register(registry);
  }
}
