package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.ServiceException;
import org.sgsars.producer.PreparedRun;
import org.sgsars.service.KafkaSettings;
import org.sgsars.service.PipelineLog;
import org.sgsars.wire.Gradients;

/** What is wrong is said, and no half report passes for a whole one. */
final class FailuresIT {
  private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  @TempDir private Path folder = Path.of("");

  private Path experiment(Path trace, int iterations) throws Exception {
    Path file = folder.resolve("x.yml");
    Files.writeString(
        file,
        """
        name: failing
        source: {kind: trace, path: %s, iterations: %d}
        scenarios:
          - {name: sgs, sparsifier: {kind: sgs}}
        """
            .formatted(trace, iterations));
    return file;
  }

  /** Three layers, whose gradients in iteration 60 of 80 cannot be sent: the last one's. */
  private Path failingTrace(float value) throws Exception {
    Path trace = Files.createDirectory(folder.resolve("trace"));
    String header =
        """
        {"a.weight":{"dtype":"F32","shape":[64,64],"data_offsets":[0,16384]},\
        "b.weight":{"dtype":"F32","shape":[64,64],"data_offsets":[16384,32768]},\
        "c.weight":{"dtype":"F32","shape":[64,64],"data_offsets":[32768,49152]}}""";
    for (int iteration = 0; iteration < 80; iteration++) {
      ByteBuffer file =
          ByteBuffer.allocate(8 + header.length() + 49152).order(ByteOrder.LITTLE_ENDIAN);
      file.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 3 * 64 * 64; i++) {
        file.putFloat((i * 31 + iteration * 17) % 101);
      }
      if (iteration == 60) {
        file.putFloat(file.capacity() - 4, value);
      }
      Files.write(trace.resolve("%06d.safetensors".formatted(iteration)), file.array());
    }
    return trace;
  }

  /**
   * All that came before is judged, however far the services were: the same report each time. A
   * value that is not finite stands in the file, one above 65504 is refused by the wire's format.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"NaN, has NaN at index 4095", "70000, 'layer c, iteration 60: value 70000.0'"})
  void run_sourceThatFailsOnTheWay_reportsEveryIterationBefore(float value, String problem)
      throws Exception {
    Path file = experiment(failingTrace(value), 80);
    Files.writeString(
        file,
        Files.readString(file)
            .replace("scenarios:", "pipeline: {wire: f16}\nscenarios:")
            .concat("  - {name: dense, sparsifier: {kind: dense}}\n"));

    PipelineRun.Outcome first = Runs.run(file, 2, 1, folder.resolve("first"));
    PipelineRun.Outcome second = Runs.run(file, 2, 1, folder.resolve("second"));

    assertThat(first.failure().orElseThrow()).contains(problem);
    assertThat(first.report().complete()).isFalse();
    assertThat(first.report().iterations()).isEqualTo(60);
    assertThat(first.report().scenarios().get(1).layers())
        .allSatisfy(layer -> assertThat(layer.maxCellWrites()).isEqualTo(60));
    assertThat(second.report().iterations()).isEqualTo(60);
    assertThat(Runs.timeless(folder.resolve("second")))
        .isEqualTo(Runs.timeless(folder.resolve("first")))
        .contains("\"complete\" : false")
        .contains(problem);
  }

  @Test
  void run_stoppedOnTheWay_reportsTheWearOfTheLastWholeInterval() throws Exception {
    Path file = experiment(Runs.PROJECT.resolve("traces/fashion-lenet.avro"), 1_000_000);
    Files.writeString(
        file, Files.readString(file).replace("scenarios:", "report: {interval: 100}\nscenarios:"));
    PipelineRun run =
        new PipelineRun(
            Runs.prepared(file, "test"),
            Runs.POLICIES,
            PipelineRun.Options.embedded(2, 1).withWorkFolder(folder.resolve("work")));

    PipelineRun.Outcome outcome =
        run.execute(
            iterations -> {
              if (iterations > 0) {
                run.stop();
              }
            });

    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.report().complete()).isFalse();
    String warning = outcome.report().warnings().get(0);
    assertThat(warning).matches("stopped after \\d+ of 1000000 iterations");
    long sent = Long.parseLong(warning.replaceAll("\\D+(\\d+) .*", "$1"));
    assertThat(outcome.report().iterations()).isEqualTo(sent - sent % 100);
  }

  @Test
  void run_existingCluster_leavesNoTopicBehind() throws Exception {
    Path trace = Runs.PROJECT.resolve("traces/fashion-lenet.avro");
    try (EmbeddedBroker broker = EmbeddedBroker.start(TEMPORARY, failure -> {})) {
      PreparedRun run = Runs.prepared(experiment(trace, 20), "test");
      PipelineRun.Outcome outcome =
          new PipelineRun(
                  run,
                  Runs.POLICIES,
                  PipelineRun.Options.embedded(2, 1)
                      .withCluster(broker.bootstrapServers(), Map.of())
                      .withWorkFolder(folder.resolve("work")))
              .execute(iterations -> {});

      assertThat(outcome.report().complete()).isTrue();
      try (Admin admin = Runs.admin(access(broker, ""))) {
        // The controller has deleted them; the broker's list follows.
        Awaitility.await("the broker's list")
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(admin.listTopics().names().get()).isEmpty());
      }
    }
  }

  private PipelineRun onCluster(EmbeddedBroker broker) throws Exception {
    Path trace = Runs.PROJECT.resolve("traces/fashion-lenet.avro");
    return new PipelineRun(
        Runs.prepared(experiment(trace, 20), "test"),
        Runs.POLICIES,
        PipelineRun.Options.embedded(2, 1)
            .withCluster(broker.bootstrapServers(), Map.of())
            .withWorkFolder(folder.resolve("work")));
  }

  @Test
  void run_brokerThatAdvertisesAnAddressWithNobody_namesBoth() throws Exception {
    Map<String, String> changes = Map.of("advertised.listeners", "PLAINTEXT://127.0.0.1:1");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, changes, failure -> {})) {
      PipelineRun run = onCluster(broker);

      assertThatThrownBy(() -> run.execute(iterations -> {}))
          .isInstanceOf(ServiceException.class)
          .hasMessageContaining(
              broker.bootstrapServers() + " answers, and tells clients to use 127.0.0.1:1")
          .hasMessageContaining("advertised.listeners");
    }
  }

  private static PipelineLog access(EmbeddedBroker broker, String prefix) {
    return PipelineLog.onKafka(
        new KafkaSettings(
            broker.bootstrapServers(), prefix, 2, -1, Duration.ofSeconds(15), Map.of()));
  }

  /** Another program sends garbage, and a record of this run that comes too early. */
  @Test
  void run_recordsThatCannotBeUsed_endTheLayerAndAreNamedInTheReport() throws Exception {
    Path trace = Runs.PROJECT.resolve("traces/fashion-lenet.avro");
    try (EmbeddedBroker broker = EmbeddedBroker.start(TEMPORARY, failure -> {})) {
      PreparedRun prepared = Runs.prepared(experiment(trace, 3000), "test");
      PipelineLog intruder = access(broker, "sgs-ars.test.");
      PipelineRun run =
          new PipelineRun(
              prepared,
              Runs.POLICIES,
              PipelineRun.Options.embedded(2, 1)
                  .withCluster(broker.bootstrapServers(), Map.of())
                  .withWorkFolder(folder.resolve("work")));
      AtomicBoolean sent = new AtomicBoolean();

      PipelineRun.Outcome outcome =
          run.execute(
              iterations -> {
                if (iterations > 0 && sent.compareAndSet(false, true)) {
                  intrude(intruder);
                }
              });

      assertThat(sent).isTrue();
      assertThat(outcome.report().complete()).isFalse();
      List<String> warnings = outcome.report().warnings();
      assertThat(warnings)
          .anyMatch(w -> w.contains("not a Gradients: no Avro single-object header (1 bytes)"));
      assertThat(warnings)
          .anyMatch(w -> w.contains("iteration 999999 (record 1 of 1) came where iteration"));
    }
  }

  private static void intrude(PipelineLog kafka) {
    byte[] early =
        WireFormat.GRADIENTS.encode(
            new Gradients(
                "test",
                0,
                999_999L,
                0,
                1,
                0,
                8,
                ByteBuffer.allocate(4),
                ByteBuffer.allocate(0),
                0));
    try (Producer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      String topic = kafka.topics().gradients();
      producer.send(new ProducerRecord<>(topic, 0, "test/conv1", new byte[] {1}));
      // On both partitions: one of them holds the layer, the other meets it as one more gap.
      producer.send(new ProducerRecord<>(topic, 0, "test/conv1", early));
      producer.send(new ProducerRecord<>(topic, 1, "test/conv1", early));
    }
  }
}
