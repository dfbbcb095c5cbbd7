package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.OffsetQuery;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.PipelineLog;

/** The producer waits for the slowest consumer, and deletes what all have behind them. */
final class LeadTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final TopicPartition GRADIENTS = new TopicPartition("gradients", 0);

  @TempDir private Path folder = Path.of("");

  private RunProducer producer(PipelineLog kafka) throws Exception {
    Path file = folder.resolve("x.yml");
    Files.writeString(
        file,
        """
        name: lead
        source: {kind: trace, path: %s, iterations: 100}
        pipeline: {maxLead: 10}
        scenarios:
          - {name: sgs, sparsifier: {kind: sgs}}
        """
            .formatted(Runs.PROJECT.resolve("traces/fashion-lenet.avro")));
    return Runs.prepared(file, "lead").producer(kafka);
  }

  /** One partition and three layers, so three records an iteration. */
  private static long sent(PipelineLog log, OffsetQuery which) {
    return Runs.offset(log, GRADIENTS, which) / 3;
  }

  private static void commit(PipelineLog log, long iterations) {
    try (LogAdmin admin = log.admin()) {
      LogAdmin.await(
          admin.commit("sgs-service", Map.of(GRADIENTS, new OffsetAndMetadata(3 * iterations))));
    }
  }

  @Test
  void run_consumersThatStandStill_producerWaitsAtMaxLead() throws Exception {
    PipelineLog kafka = Runs.inMemory(1);
    RunProducer producer = producer(kafka);
    CompletableFuture<Void> running = CompletableFuture.runAsync(producer);
    try {
      Awaitility.await("the lead is used up")
          .atMost(TIMEOUT)
          .until(
              () -> producer.status().records() >= 30 && sent(kafka, OffsetQuery.latest()) >= 10);
      // Several looks at the consumers later it still waits.
      Awaitility.await("it stays there")
          .during(Duration.ofMillis(500))
          .atMost(TIMEOUT)
          .until(() -> sent(kafka, OffsetQuery.latest()) <= 11);

      commit(kafka, 10);

      Awaitility.await("it goes on from where the consumer is, and no further")
          .during(Duration.ofMillis(500))
          .atMost(TIMEOUT)
          .until(
              () -> {
                long sent = sent(kafka, OffsetQuery.latest());
                return sent >= 20 && sent <= 21;
              });
      Awaitility.await("what is consumed goes")
          .atMost(TIMEOUT)
          .until(() -> sent(kafka, OffsetQuery.earliest()) == 10);
      Awaitility.await("the end, with a consumer that keeps up")
          .atMost(TIMEOUT)
          .until(
              () -> {
                commit(kafka, sent(kafka, OffsetQuery.latest()));
                return running.isDone();
              });
      assertThat(sent(kafka, OffsetQuery.latest())).isEqualTo(100);
      assertThat(producer.status().failure()).isEmpty();
    } finally {
      producer.close();
    }
  }

  /** What was sent before it was killed counts, too. */
  @Test
  void run_startedAgainWhileNothingIsConsumed_sendsNoMoreThanMaxLead() throws Exception {
    PipelineLog kafka = Runs.inMemory(1);
    RunProducer first = producer(kafka);
    CompletableFuture<Void> firstRunning = CompletableFuture.runAsync(first);
    Awaitility.await("how far it is, is noted")
        .atMost(TIMEOUT)
        .until(() -> noted(kafka) >= 9 && sent(kafka, OffsetQuery.latest()) >= 10);
    first.pause();
    firstRunning.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    long before = sent(kafka, OffsetQuery.latest());

    RunProducer second = producer(kafka);
    CompletableFuture<Void> running = CompletableFuture.runAsync(second);

    Awaitility.await("it waits")
        .during(Duration.ofSeconds(1))
        .atMost(TIMEOUT)
        .until(() -> second.status().isUp() && sent(kafka, OffsetQuery.latest()) <= before + 1);
    Awaitility.await("the end, with a consumer that keeps up")
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              commit(kafka, sent(kafka, OffsetQuery.latest()));
              return running.isDone();
            });
    assertThat(second.status().failure()).isEmpty();
  }

  private static long noted(PipelineLog log) {
    OffsetAndMetadata noted = Runs.committed(log, "gradient-producer.lead").get(GRADIENTS);
    return noted == null ? 0 : noted.offset();
  }
}
