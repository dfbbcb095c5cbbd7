package org.sgsars.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.log.OffsetQuery;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.service.PipelineLog;
import org.sgsars.wire.Extent;
import org.sgsars.wire.Weights;

/** One training of one layer of a single weight. */
final class WeightsReaderTest {
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 6)
          .layers(new LayerShape("fc", 1, 1))
          .sparsifiers(new PolicyChoice("dense", Map.of()))
          .scenarios(new ScenarioPlan("s", 0, List.of(new PolicyChoice("none", Map.of())), 4))
          .training(new TrainingPlan(List.of(0), 6))
          .build();

  private final ManualTime time = new ManualTime(0);
  private final MemoryLog log = MemoryLog.stepped(MemorySettings.DEFAULTS, time);
  private final PipelineLog pipeline = new PipelineLog(log.clients(), time, "", 1, -1);

  private void send(long iteration, float weight) {
    send(pipeline, iteration, weight);
  }

  private static void send(PipelineLog by, long iteration, float weight) {
    Weights weights =
        new Weights(
            "r",
            0,
            0,
            iteration,
            Extent.ALL,
            List.of(),
            List.of(),
            ByteBuffer.allocate(Float.BYTES)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putFloat(0, weight));
    try (Producer<String, byte[]> producer = by.producer(Duration.ZERO)) {
      producer.send(
          new ProducerRecord<>(
              by.topics().weights(), 0, Topics.key("r", "fc"), WireFormat.WEIGHTS.encode(weights)));
    }
  }

  @Test
  void isKnown_weightsComeWhenItIsTimeToWarn_areKnown() throws Exception {
    pipeline.prepareTopics();
    try (WeightsReader reader = new WeightsReader(pipeline, pipeline.admin(), PLAN, 1, false)) {
      assertThat(reader.isKnown(0, -1)).isFalse();
      time.advance(Duration.ofMinutes(1));
      send(-1, 2.5f);

      assertThat(reader.isKnown(0, -1)).isTrue();
      assertThat(reader.weights(0).tensor(0).weights().getFloat(0)).isEqualTo(2.5f);
    }
  }

  private long logStart() {
    TopicPartition partition = new TopicPartition(pipeline.topics().weights(), 0);
    return Objects.requireNonNull(
            pipeline.admin().listOffsets(Map.of(partition, OffsetQuery.earliest())).get(partition))
        .offset();
  }

  /** A record a minute; what was read is looked at when the next is asked for. */
  @ParameterizedTest(name = "crossbar-sim''s clock is {0} h ahead")
  @ValueSource(ints = {-24, -1, 0, 1, 24})
  void isKnown_clocksDiffer_whatWasReadStaysForTenMinutes(int hoursAhead) throws Exception {
    PipelineLog ahead =
        new PipelineLog(log.clients(), time.ahead(Duration.ofHours(hoursAhead)), "", 1, -1);
    time.advance(Duration.ofDays(2));
    pipeline.prepareTopics();
    try (WeightsReader reader = new WeightsReader(pipeline, pipeline.admin(), PLAN, 1, false)) {
      for (int minute = 0; minute <= 10; minute++) {
        send(ahead, minute - 1, 0);
        assertThat(reader.isKnown(0, minute - 1)).as("iteration %d", minute - 1).isTrue();
        assertThat(logStart()).as("after %d min", minute).isZero();
        time.advance(Duration.ofMinutes(1));
      }
      send(ahead, 10, 0);
      assertThat(reader.isKnown(0, 10)).isTrue();
      // It was read after one minute, the first time that anything was noted.
      assertThat(logStart()).isEqualTo(2);
    }
  }
}
