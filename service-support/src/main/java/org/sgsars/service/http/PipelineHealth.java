package org.sgsars.service.http;

import io.micronaut.context.annotation.Requires;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.reactivestreams.Publisher;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceStatus;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code GET /health}: whether the broker answers and the service works. */
@Singleton
@Requires(beans = PipelineService.class)
final class PipelineHealth implements HealthIndicator {
  private static final long ANSWER_MS = BrokerCheck.LONGEST.toMillis();

  private final KafkaAccess kafka;
  private final PipelineService service;
  private final BrokerCheck broker;

  PipelineHealth(KafkaAccess kafka, PipelineService service) {
    this.kafka = kafka;
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
    details.put("broker", kafka.settings().bootstrapServers());
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
    try {
      Admin admin = kafka.admin();
      try {
        admin.describeCluster().nodes().get(ANSWER_MS, TimeUnit.MILLISECONDS);
        return true;
      } finally {
        // Otherwise closing would wait for the call that nobody answers.
        admin.close(Duration.ZERO);
      }
    } catch (ExecutionException | TimeoutException | ServiceException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
