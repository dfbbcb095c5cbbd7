package org.sgsars.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedBench;
import org.sgsars.producer.PreparedRun;
import org.sgsars.standalone.BenchRun;
import org.sgsars.standalone.PipelineRun;

/** How fast runs of small experiments go, in this process. */
final class Speed {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final int PARTITIONS = 4;

  private Speed() {}

  private static Path file(Path work, String text) throws IOException {
    return Files.writeString(work.resolve("experiment.yml"), text);
  }

  /** From one moment of a run to another. */
  record Stretch(double iterationsPerSecond, double shareOfStep) {}

  /**
   * A run through the pipeline, without its beginning, while the JVM compiles, and its end.
   *
   * @param warm iterations before the clock starts
   */
  private static Stretch pipeline(Path work, String text, long warm, long end) throws Exception {
    PreparedRun run =
        PreparedRun.of(
            ExperimentFile.read(file(work, text), POLICIES), POLICIES, "speed", Instant.now());
    AtomicLong from = new AtomicLong();
    AtomicLong to = new AtomicLong();
    AtomicLong since = new AtomicLong();
    AtomicLong until = new AtomicLong();
    AtomicLong step = new AtomicLong();
    PipelineRun.Outcome outcome =
        new PipelineRun(
                run, POLICIES, PipelineRun.Options.embedded(PARTITIONS, 1).withWorkFolder(work))
            .execute(
                done -> {
                  if (done >= warm && from.get() == 0) {
                    from.set(done);
                    since.set(System.nanoTime());
                    step.set(TimedTrainingSourcePolicy.stepNanos());
                  } else if (done >= end && to.get() == 0) {
                    to.set(done);
                    until.set(System.nanoTime());
                    step.set(TimedTrainingSourcePolicy.stepNanos() - step.get());
                  }
                });
    if (!outcome.report().complete() || to.get() == 0) {
      throw new IOException("the run is not complete: " + outcome.report().warnings());
    }
    double nanos = until.get() - since.get();
    return new Stretch((to.get() - from.get()) / (nanos / 1e9), step.get() / nanos);
  }

  /** The shipped gradients of a small network, one scenario. */
  static Stretch replay(Path work, int iterations) throws Exception {
    return pipeline(
        work,
        """
        name: replay
        source: {kind: trace, path: %s, iterations: %d}
        crossbar: {size: 128}
        device: {kind: rram-typical}
        scenarios:
          - {name: sgs-ars, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 32}}
        """
            .formatted(ResNet50.PROJECT.resolve("traces/fashion-lenet.avro"), iterations),
        iterations / 3,
        iterations - 1);
  }

  /** A small network in training on the crossbars of one scenario. */
  static Stretch training(Path work, int iterations) throws Exception {
    return pipeline(
        work,
        """
        name: training
        source: {kind: %s, network: cnn, data: %s, iterations: %d, testImages: 32}
        crossbar: {size: 128}
        device: {kind: rram-typical}
        report: {accuracyInterval: %d}
        scenarios:
          - {name: sgs-ars, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 32}}
        """
            .formatted(
                TimedTrainingSourcePolicy.KIND,
                ResNet50.PROJECT.resolve("data/fashion-mnist-small"),
                iterations,
                iterations),
        iterations / 3,
        iterations - 1);
  }

  /**
   * The bench on ResNet-50's layers, without its beginning, in which cells are made, and its
   * report, which both take as long however many iterations there are.
   *
   * @param leveller as in an experiment file
   * @return selections per second, of all layers and scenarios together
   */
  static double bench(Path work, String leveller, int scenarios, int iterations) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < scenarios; i++) {
      lines.append(
          "  - {name: s%d, sparsifier: {kind: given}, leveller: {kind: %s}}%n"
              .formatted(i, leveller));
    }
    String text =
        """
        name: bench
        source: {kind: skewed, layers: %s, iterations: %d}
        crossbar: {size: 512}
        device: {kind: rram-typical}
        scenarios:
        %s
        """
            .formatted(ResNet50.file().toAbsolutePath(), iterations, lines);
    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(file(work, text), POLICIES), POLICIES, Instant.now());
    long all = (long) iterations * bench.plan().layers().size() * scenarios;
    AtomicLong done = new AtomicLong();
    AtomicLong since = new AtomicLong();
    AtomicLong before = new AtomicLong();
    AtomicLong until = new AtomicLong();
    LifetimeReport report =
        new BenchRun(bench, POLICIES)
            .execute(
                more -> {
                  long sum = done.addAndGet(more);
                  if (sum >= all / 10 && before.compareAndSet(0, sum)) {
                    since.set(System.nanoTime());
                  } else if (sum == all) {
                    until.set(System.nanoTime());
                  }
                });
    if (!report.complete() || until.get() == 0) {
      throw new IOException("the bench did not come to its end");
    }
    return (all - before.get()) / ((until.get() - since.get()) / 1e9);
  }
}
