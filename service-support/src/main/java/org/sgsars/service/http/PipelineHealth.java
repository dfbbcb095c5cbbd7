package org.sgsars.service.http;

import io.micronaut.context.annotation.Requires;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.reactivestreams.Publisher;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceStatus;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code GET /health}: whether the broker answers and the service works. */
@Singleton
@Requires(beans = PipelineService.class)
final class PipelineHealth implements HealthIndicator {
  private final PipelineLog log;
  private final PipelineService service;
  private final BrokerCheck broker;

  PipelineHealth(PipelineLog log, PipelineService service) {
    this.log = log;
    this.service = service;
    this.broker =
        new BrokerCheck(
            this::brokerAnswers,
            work -> Schedulers.boundedElastic().schedule(work),
            System::nanoTime);
  }

  @Override
  public Publisher<HealthResult> getResult() {
    return Mono.fromCallable(this::check).subscribeOn(Schedulers.boundedElastic());
  }

  private HealthResult check() {
    ServiceStatus status = service.status();
    boolean reachable = broker.answers();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("broker", log.place());
    details.put("brokerReachable", reachable);
    details.put("working", status.isUp());
    details.put("lastRecordAtMs", status.lastRecordAtMs());
    details.put("deadLetters", status.deadLetters());
    status.failure().ifPresent(failure -> details.put("failure", failure));
    return HealthResult.builder("pipeline")
        .status(
            reachable && status.isUp() && status.failure().isEmpty()
                ? HealthStatus.UP
                : HealthStatus.DOWN)
        .details(details)
        .build();
  }

  private boolean brokerAnswers() {
    try (LogAdmin admin = log.admin()) {
      return admin.awaitBrokers(BrokerCheck.LONGEST) > 0;
    } catch (KafkaException | ServiceException e) {
      return false;
    }
  }
}
