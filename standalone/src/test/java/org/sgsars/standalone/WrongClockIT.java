package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.analyzer.kafka.TopicTrimmer;
import org.sgsars.log.OffsetQuery;
import org.sgsars.service.KafkaSettings;
import org.sgsars.service.PipelineLog;

/** Machines whose clocks are an hour off, ahead or behind. */
final class WrongClockIT {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final TopicPartition WEAR = new TopicPartition("wear", 0);

  @TempDir private static Path folder = Path.of("");

  /** A log whose broker's clock goes ahead by so much, as a machine with another clock sees it. */
  private static PipelineLog log(EmbeddedBroker broker, Duration clockOffset) {
    KafkaSettings settings =
        new KafkaSettings(broker.bootstrapServers(), "", 1, -1, Duration.ofSeconds(15), Map.of());
    PipelineLog log = PipelineLog.onKafka(settings, clockOffset);
    log.prepareTopics();
    return log;
  }

  private static EmbeddedBroker broker(Duration clockOffset) {
    return EmbeddedBroker.open(
        folder.resolve(UUID.randomUUID().toString()),
        LocalPorts.free(),
        LocalPorts.free(),
        new BrokerNode(
            1, org.apache.kafka.common.Uuid.randomUuid().toString(), clockOffset, Map.of()),
        failure -> {});
  }

  private static void send(PipelineLog log) throws Exception {
    try (Producer<String, byte[]> producer = log.producer(Duration.ZERO)) {
      producer.send(new ProducerRecord<>(WEAR.topic(), 0, "run/0", new byte[10])).get();
    }
  }

  @Test
  void send_clockIsAheadAndTheBrokersBehind_isTaken() throws Exception {
    try (EmbeddedBroker broker = broker(HOUR.negated())) {
      PipelineLog log = log(broker, HOUR);
      Instant before = Instant.now();

      send(log);

      try (Consumer<String, byte[]> consumer = log.readAllConsumer()) {
        consumer.assign(List.of(WEAR));
        ConsumerRecord<String, byte[]> record =
            consumer.poll(Duration.ofSeconds(15)).records(WEAR).get(0);
        assertThat(Instant.ofEpochMilli(record.timestamp()))
            .isBetween(before.plus(HOUR).minusMillis(1), Instant.now().plus(HOUR));
      }
    }
  }

  @Test
  void trim_recordsOfAClockThatIsBehind_stayWhileTheirRunIsNotRetired() throws Exception {
    try (EmbeddedBroker broker = broker(Duration.ZERO)) {
      PipelineLog ahead = log(broker, HOUR);
      Retention retention = new Retention(Retention.Times.DEFAULTS);
      retention.announced("run", ahead.time().millis());
      send(log(broker, HOUR.negated()));

      long from = retention.recordsFrom(ahead.time().millis());
      new TopicTrimmer(ahead).trim(topic -> from);

      assertThat(Runs.offset(ahead, WEAR, OffsetQuery.earliest())).isZero();
    }
  }

  /** The analyzer does not know of the run yet. */
  @Test
  void trim_recordsOfAnUnknownRun_stayWhereTheAnalyzersClockIsAhead() throws Exception {
    try (EmbeddedBroker broker = broker(Duration.ZERO)) {
      PipelineLog ahead = log(broker, HOUR);
      send(log(broker, HOUR.negated()));

      long from = new Retention(Retention.Times.DEFAULTS).recordsFrom(ahead.time().millis());
      new TopicTrimmer(ahead).trim(topic -> from);

      assertThat(Runs.offset(ahead, WEAR, OffsetQuery.earliest())).isZero();
    }
  }
}
