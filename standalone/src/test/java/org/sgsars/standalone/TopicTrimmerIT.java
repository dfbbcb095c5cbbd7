package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.kafka.TopicTrimmer;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.OffsetQuery;
import org.sgsars.service.PipelineLog;

/** Records have the times 0, 1000, 2000, ... */
final class TopicTrimmerIT {
  private static final TopicPartition WEAR = new TopicPartition("wear", 0);
  private static final TopicPartition GRADIENTS = new TopicPartition("gradients", 0);

  @TempDir private static Path folder = Path.of("");

  private final EmbeddedBroker broker = EmbeddedBroker.start(folder, failure -> {});
  private final PipelineLog kafka = Runs.kafka(broker, 1);
  private final LogAdmin admin = kafka.admin();

  @BeforeEach
  void makeTopics() {
    kafka.prepareTopics();
  }

  @AfterEach
  void stop() {
    admin.close();
    broker.close();
  }

  private void send(TopicPartition to, int records, int bytes) {
    try (Producer<String, byte[]> producer = kafka.producer(Duration.ofMillis(5))) {
      for (int i = 0; i < records; i++) {
        producer.send(new ProducerRecord<>(to.topic(), 0, i * 1000L, "key", new byte[bytes]));
      }
      producer.flush();
    }
  }

  private long first(TopicPartition of) {
    return Runs.offset(kafka, of, OffsetQuery.earliest());
  }

  @Test
  void trim_aTimeBetweenRecords_theOlderOnesGo() throws Exception {
    send(WEAR, 10, 100);

    new TopicTrimmer(kafka).trim(topic -> topic.equals("wear") ? 3500 : 0);

    assertThat(first(WEAR)).isEqualTo(4);
  }

  @Test
  void trim_allAreOlder_allGo() throws Exception {
    send(WEAR, 10, 100);

    new TopicTrimmer(kafka).trim(topic -> 9001);
    new TopicTrimmer(kafka).trim(topic -> 9001);

    assertThat(first(WEAR)).isEqualTo(10);
  }

  @Test
  void trim_allAreYounger_allStay() throws Exception {
    send(WEAR, 10, 100);

    new TopicTrimmer(kafka).trim(topic -> 0);

    assertThat(first(WEAR)).isZero();
  }

  /**
   * The broker looks for a time in the first segment that goes so far, finds no record left there,
   * and says that there is none at all, though the next segment is full of them.
   */
  @Test
  void trim_firstSegmentIsAllDeletedAndStillThere_whatIsYoungStays() throws Exception {
    // Two segments, of 64 MiB and of the rest.
    send(GRADIENTS, 100, 1 << 20);
    LogAdmin.await(admin.deleteRecords(Map.of(GRADIENTS, 80L)));

    new TopicTrimmer(kafka).trim(topic -> 0);

    assertThat(first(GRADIENTS)).isEqualTo(80);
  }
}
