package org.sgsars.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.experiment.ExperimentFile;
import org.sgsars.contract.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.KafkaSettings;
import org.sgsars.standalone.EmbeddedBroker;
import org.sgsars.standalone.PipelineRun;

/** ResNet-50's gradients through raw Kafka and through the pipeline, in this process. */
final class Throughput {
  /** The file that is made in the work folder. */
  static final String EXPERIMENT = "experiment.yml";

  private static final int PARTITIONS = 4;
  private static final int LEAD = 8;
  private static final int WARM = 10;

  private Throughput() {}

  /** As {@link RawKafka#rate}, on a broker in this process. */
  static Rate raw(Path work, int chunkBytes, int iterations) throws InterruptedException {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work, failure -> {})) {
      KafkaAccess kafka =
          new KafkaAccess(
              new KafkaSettings(
                  broker.bootstrapServers(), "", PARTITIONS, -1, Duration.ofSeconds(15), Map.of()));
      return new RawKafka(kafka, ResNet50.layers(), chunkBytes, LEAD).rate(WARM, WARM + iterations);
    }
  }

  /**
   * How fast gradients go through the whole pipeline, from the time the slowest layer of the
   * slowest service has some iterations behind it to the end.
   *
   * @param scenarios the experiment's scenarios, lines of YAML
   */
  static Rate pipeline(Path work, int chunkBytes, int iterations, String scenarios)
      throws Exception {
    Path file =
        Files.writeString(
            work.resolve(EXPERIMENT),
            """
            name: throughput
            source: {kind: noise, layers: %s, iterations: %d}
            crossbar: {size: 512}
            pipeline: {chunkBytes: %d, maxLead: %d}
            scenarios:
            %s
            """
                .formatted(
                    ResNet50.file().toAbsolutePath(),
                    WARM + iterations,
                    chunkBytes,
                    LEAD,
                    scenarios));
    Policies policies = Policies.onClassPath();
    PreparedRun run =
        PreparedRun.of(ExperimentFile.read(file, policies), policies, "throughput", Instant.now());
    long bytes = RunProducer.bytesPerIteration(run.plan().layers());
    AtomicLong from = new AtomicLong();
    AtomicReference<Rate.@Nullable Mark> start = new AtomicReference<>();
    AtomicReference<Rate.@Nullable Mark> end = new AtomicReference<>();
    PipelineRun.Outcome outcome =
        new PipelineRun(
                run, policies, PipelineRun.Options.embedded(PARTITIONS, 1).withWorkFolder(work))
            .execute(
                done -> {
                  if (done >= WARM && from.get() == 0) {
                    from.set(done);
                    start.set(Rate.Mark.now());
                  }
                  if (done == WARM + iterations && end.get() == null) {
                    end.set(Rate.Mark.now());
                  }
                });
    if (!outcome.report().complete()) {
      throw new IOException("the run is not complete: " + outcome.report().warnings());
    }
    return Objects.requireNonNull(start.get())
        .until(Objects.requireNonNull(end.get()), (WARM + iterations - from.get()) * bytes);
  }
}
