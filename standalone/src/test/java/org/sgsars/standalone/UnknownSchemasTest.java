package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.ServiceStatus;
import org.sgsars.service.WriterVersion;
import org.sgsars.sgs.kafka.SgsStage;

/** Services that meet records of a newer release. */
final class UnknownSchemasTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final byte[] NEWER = HexFormat.of().parseHex("c301" + "0123456789abcdef" + "00");

  @TempDir private Path folder = Path.of("");

  private static void sendTwo(PipelineLog log, String topic) {
    try (Producer<String, byte[]> producer = log.producer(Duration.ZERO)) {
      for (int i = 0; i < 2; i++) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, 0, "r/fc", NEWER);
        record.headers().add(WriterVersion.HEADER, "0.2.0".getBytes(StandardCharsets.UTF_8));
        producer.send(record);
      }
    }
  }

  @Test
  void run_recordsOfANewerRelease_eachHasALetterAndTheirSchemaIsCountedOnce() throws Exception {
    PipelineLog log = Runs.inMemory(2);
    log.prepareTopics();
    sendTwo(log, "gradients");
    sendTwo(log, "wear");
    RunningServices services = new RunningServices(log, folder, TIMEOUT);

    ServiceStatus sgs = services.start(new SgsStage(Runs.POLICIES)).status();
    ServiceStatus analyzer =
        services.start(new AnalyzerLoop(log, Runs.POLICIES, report -> {})).status();

    Awaitility.await("letters")
        .atMost(TIMEOUT)
        .until(() -> sgs.deadLetters() == 2 && analyzer.deadLetters() == 2);
    services.stopAll();
    assertThat(sgs.unknownSchemas()).containsExactly(twoOf("gradients"));
    assertThat(analyzer.unknownSchemas()).containsExactly(twoOf("wear"));
    List<String> letters = DeadLettersCommand.letters(log, null).lines().toList();
    assertThat(letters.get(letters.size() - 1)).isEqualTo("4 dead letters");
    assertThat(letters).filteredOn(line -> line.contains("| 2 ")).hasSize(2);
  }

  private static ServiceStatus.UnknownSchema twoOf(String topic) {
    return new ServiceStatus.UnknownSchema(topic, "0123456789abcdef", Optional.of("0.2.0"), 2);
  }
}
