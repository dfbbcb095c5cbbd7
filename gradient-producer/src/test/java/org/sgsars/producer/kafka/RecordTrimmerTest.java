package org.sgsars.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.OffsetQuery;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;
import org.sgsars.service.PipelineLog;

/** Ten records on each of two partitions of every topic. */
final class RecordTrimmerTest {
  private final ManualTime time = new ManualTime(0);
  private final MemoryLog log = MemoryLog.stepped(MemorySettings.DEFAULTS, time);
  private final PipelineLog pipeline = new PipelineLog(log.clients(), time, "", 2, -1);
  private final LogAdmin admin = pipeline.admin();
  private final RecordTrimmer trimmer = new RecordTrimmer(pipeline);

  @BeforeEach
  void send() {
    pipeline.prepareTopics();
    try (Producer<String, byte[]> producer = pipeline.producer(Duration.ZERO)) {
      for (String topic : pipeline.topics().all()) {
        for (int record = 0; record < 20; record++) {
          producer.send(new ProducerRecord<>(topic, record % 2, "key", new byte[1]));
        }
      }
      producer.flush();
    }
    trimmer.open();
  }

  @AfterEach
  void release() {
    trimmer.release();
    admin.close();
  }

  private void commit(String service, String topic, long offset, String metadata) {
    LogAdmin.await(
        admin.commit(
            service,
            Map.of(new TopicPartition(topic, 1), new OffsetAndMetadata(offset, metadata))));
  }

  private long first(String topic, int partition) {
    TopicPartition of = new TopicPartition(topic, partition);
    return Objects.requireNonNull(admin.listOffsets(Map.of(of, OffsetQuery.earliest())).get(of))
        .offset();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"gradients, sgs-service", "updates, ars-controller", "row-writes, crossbar-sim"})
  void step_serviceThatNamesWhatItNeeds_deletesWhatStandsBefore(String topic, String service) {
    commit(service, topic, 7, "neededFrom=4");

    trimmer.step();

    assertThat(first(topic, 1)).isEqualTo(4);
    assertThat(first(topic, 0)).isZero();
  }

  /** A service of another program has its state safe before it commits. */
  @Test
  void step_serviceThatNamesNothing_deletesWhatItCommitted() {
    commit("sgs-service", "gradients", 7, "");

    trimmer.step();

    assertThat(first("gradients", 1)).isEqualTo(7);
  }

  @Test
  void step_serviceWithoutASavedState_deletesNothing() {
    commit("sgs-service", "gradients", 7, "neededFrom=-1");

    trimmer.step();

    assertThat(first("gradients", 1)).isZero();
  }

  /** Whoever reads a topic without being the service that it is for does not decide. */
  @Test
  void step_anotherServiceCommitted_deletesNothing() {
    commit("ars-controller", "gradients", 7, "");
    commit("lifetime-analyzer", "wear", 7, "");

    trimmer.step();

    assertThat(first("gradients", 1)).isZero();
    assertThat(first("wear", 1)).isZero();
  }

  @Test
  void step_lessThanASecondLater_looksNotYet() {
    trimmer.step();
    commit("sgs-service", "gradients", 7, "");

    time.advance(Duration.ofMillis(999));
    trimmer.step();
    assertThat(first("gradients", 1)).isZero();

    time.advance(Duration.ofMillis(1));
    trimmer.step();
    assertThat(first("gradients", 1)).isEqualTo(7);
  }
}
