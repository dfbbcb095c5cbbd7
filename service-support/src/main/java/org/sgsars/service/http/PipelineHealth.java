package org.sgsars.service.http;

import io.micronaut.context.BeanContext;
import io.micronaut.context.BeanRegistration;
import io.micronaut.context.annotation.Requires;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.reactivestreams.Publisher;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceStatus;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * {@code GET /health}: whether the broker answers and the service works. It is no sign of life: it
 * is down while the broker is away, when a restart mends nothing. {@code /health/liveness} leaves
 * it out.
 */
@Singleton
@Requires(beans = PipelineService.class)
final class PipelineHealth implements HealthIndicator {
  private final PipelineLog log;
  private final BeanContext context;
  private final BrokerCheck broker;

  /**
   * @param context has the service once it is made, which waits for the broker; who asks does not
   */
  PipelineHealth(PipelineLog log, BeanContext context) {
    this.log = log;
    this.context = context;
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
    boolean reachable = broker.answers();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("broker", log.place());
    details.put("brokerReachable", reachable);
    Optional<ServiceStatus> made = madeService().map(PipelineService::status);
    details.put("working", made.map(ServiceStatus::isUp).orElse(false));
    made.ifPresent(status -> putWork(status, details));
    return HealthResult.builder("pipeline")
        .status(
            reachable && made.filter(PipelineHealth::isWell).isPresent()
                ? HealthStatus.UP
                : HealthStatus.DOWN)
        .details(details)
        .build();
  }

  private static void putWork(ServiceStatus status, Map<String, Object> details) {
    details.put("lastRecordAtMs", status.lastRecordAtMs());
    details.put("deadLetters", status.deadLetters());
    if (!status.unknownSchemas().isEmpty()) {
      details.put(
          "unknownSchemas",
          status.unknownSchemas().stream().map(PipelineHealth::describe).toList());
    }
    status.failure().ifPresent(failure -> details.put("failure", failure));
  }

  private static Map<String, Object> describe(ServiceStatus.UnknownSchema unknown) {
    return Map.of(
        "topic", unknown.topic(),
        "fingerprint", unknown.fingerprint(),
        "writtenBy", unknown.writer().orElse("unknown"),
        "records", unknown.records());
  }

  private static boolean isWell(ServiceStatus status) {
    return status.isUp() && status.failure().isEmpty();
  }

  private Optional<PipelineService> madeService() {
    return context.getActiveBeanRegistrations(PipelineService.class).stream()
        .map(BeanRegistration::bean)
        .findFirst();
  }

  private boolean brokerAnswers() {
    try (LogAdmin admin = log.admin()) {
      return admin.awaitBrokers(BrokerCheck.LONGEST) > 0;
    } catch (KafkaException | ServiceException e) {
      return false;
    }
  }
}
