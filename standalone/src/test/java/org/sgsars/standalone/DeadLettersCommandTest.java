package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.PipelineLog;
import org.sgsars.wire.DeadLetter;

/** What {@code sgs-ars dead-letters} lists. */
final class DeadLettersCommandTest {
  private final PipelineLog log = Runs.inMemory(2);

  @BeforeEach
  void makeTopics() {
    log.prepareTopics();
  }

  private void letter(String run, @Nullable String layer, long offset, String reason) {
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setRun(run)
            .setLayer(layer)
            .setService("crossbar-sim")
            .setTopic("row-writes")
            .setPartition(1)
            .setOffset(offset)
            .setReason(reason)
            .setEndsLayer(layer != null)
            .build();
    try (Producer<String, byte[]> producer = log.producer(Duration.ZERO)) {
      producer.send(
          new ProducerRecord<>("dead-letters", 0, run, WireFormat.DEAD_LETTER.encode(letter)));
    }
  }

  @Test
  void letters_noTopicOfThem_isSaidAtOnce() {
    assertThatThrownBy(() -> DeadLettersCommand.letters(Runs.inMemory(1), null))
        .isInstanceOf(ServiceException.class)
        .hasMessage(
            "Topic dead-letters does not exist; services create it, their topic prefix before its name");
  }

  @Test
  void letters_thatDifferByTheirRecordAlone_areOneLineWithTheirNumber() {
    letter("r", null, 7, "of a newer schema");
    letter("r", null, 8, "of a newer schema");
    letter("r", null, 9, "of a newer schema");
    letter("other", null, 10, "of a newer schema");

    String said = DeadLettersCommand.letters(log, null);

    assertThat(said)
        .containsPattern("r +\\| row-writes-1@7 +\\| 3 +\\| crossbar-sim")
        .containsPattern("other +\\| row-writes-1@10 +\\| 1 +\\| crossbar-sim")
        .doesNotContain("row-writes-1@8")
        .endsWith("4 dead letters");
  }

  @Test
  void letters_thatEndLayers_areALineEach() {
    letter("r", "fc", 7, "a gap");
    letter("r", "fc", 8, "a gap");

    String said = DeadLettersCommand.letters(log, null);

    assertThat(said).contains("row-writes-1@7", "row-writes-1@8").endsWith("2 dead letters");
  }
}
