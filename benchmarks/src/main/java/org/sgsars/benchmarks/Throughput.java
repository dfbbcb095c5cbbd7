package org.sgsars.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.standalone.EmbeddedBroker;
import org.sgsars.standalone.PipelineRun;

/** ResNet-50's gradients through raw Kafka and through the pipeline, in this process. */
final class Throughput {
  private Throughput() {}

  /** As {@link RawKafka#rate}, on a broker in this process. */
  static Rate raw(Path work, Load load) throws IOException, InterruptedException {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work, failure -> {})) {
      return new RawKafka(RawKafka.settings(broker.bootstrapServers()), load).rate();
    }
  }

  /**
   * How fast gradients go through the whole pipeline, from the time the slowest layer of the
   * slowest service has some iterations behind it to the end.
   */
  static Rate pipeline(Path work, Load load) throws Exception {
    return pipeline(
        work, load, PipelineRun.Options.embedded(RawKafka.PARTITIONS, load.instances()));
  }

  /** The same through a log in memory. */
  static Rate inMemory(Path work, Load load) throws Exception {
    return pipeline(
        work, load, PipelineRun.Options.inMemory(RawKafka.PARTITIONS, load.instances()));
  }

  private static Rate pipeline(Path work, Load load, PipelineRun.Options options) throws Exception {
    Policies policies = Policies.onClassPath();
    PreparedRun run =
        PreparedRun.of(
            ExperimentFile.read(load.writeTo(work), policies),
            policies,
            "throughput",
            Instant.now());
    long bytes = RunProducer.bytesPerIteration(run.plan());
    AtomicLong from = new AtomicLong();
    AtomicReference<Rate.@Nullable Mark> start = new AtomicReference<>();
    AtomicReference<Rate.@Nullable Mark> end = new AtomicReference<>();
    PipelineRun.Outcome outcome =
        new PipelineRun(run, policies, options.withWorkFolder(work))
            .execute(
                done -> {
                  if (done >= load.warm() && from.get() == 0) {
                    from.set(done);
                    start.set(Rate.Mark.now());
                  }
                  if (done == load.allIterations() && end.get() == null) {
                    end.set(Rate.Mark.now());
                  }
                });
    if (!outcome.report().complete()) {
      throw new IOException("the run is not complete: " + outcome.report().warnings());
    }
    return Objects.requireNonNull(start.get())
        .until(Objects.requireNonNull(end.get()), (load.allIterations() - from.get()) * bytes);
  }
}
