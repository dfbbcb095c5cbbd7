package org.sgsars.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.source.GradientChunks;
import org.sgsars.source.LayerTensor;
import org.sgsars.sparsifier.LayerAccumulator;
import org.sgsars.sparsifier.SgsSparsifier;

/**
 * One iteration of ResNet-50 (25,502,912 weights in 54 layers) through velocity, accumulation,
 * score and selection, from the wire's bytes on. It moves 20 bytes per weight: the gradient is
 * read, velocity and residual are read and written.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SgsPass {
  /** Bytes that the pass moves per weight. */
  static final int BYTES_PER_WEIGHT = 20;

  /** What the wire carries at once. */
  private static final int CHUNK_VALUES = 1 << 18;

  /** Threads that share the layers. */
  @Param({"1", "2"})
  public int threads = 1;

  /** How rows are scored. */
  @Param({"max", "sum"})
  public String score = "max";

  private final List<List<Runnable>> shares = new ArrayList<>();
  private long iteration;
  private ExecutorService pool = Executors.newFixedThreadPool(1);

  /** Makes the layers and their gradients, and deals the layers to the threads, largest first. */
  @Setup
  public void prepare() {
    pool.shutdown();
    pool = Executors.newFixedThreadPool(threads);
    long[] load = new long[threads];
    for (int thread = 0; thread < threads; thread++) {
      shares.add(new ArrayList<>());
    }
    List<LayerShape> layers = new ArrayList<>(ResNet50.layers());
    layers.sort(java.util.Comparator.comparingLong(LayerShape::cells).reversed());
    for (LayerShape layer : layers) {
      int least = 0;
      for (int thread = 1; thread < threads; thread++) {
        least = load[thread] < load[least] ? thread : least;
      }
      load[least] += layer.cells();
      shares.get(least).add(pass(layer));
    }
  }

  private Runnable pass(LayerShape layer) {
    SgsSparsifier sgs = new SgsSparsifier();
    LayerAccumulator accumulator =
        new LayerAccumulator(
            layer,
            new OptimizerSettings(0.9F, 0.1F, 0),
            GradientFormat.F32,
            List.of(
                new LayerAccumulator.Choice(
                    sgs.bind(sgs.choice(sgs.settings(Map.of("score", score)))))),
            1);
    ByteBuffer values =
        ByteBuffer.allocate(Math.toIntExact(Float.BYTES * layer.cells()))
            .order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(layer.cells());
    while (values.hasRemaining()) {
      values.putFloat((float) (random.nextDouble() - 0.5));
    }
    LayerTensor tensor = new LayerTensor(values.flip(), ByteBuffer.allocate(0));
    List<GradientChunks.Chunk> chunks = GradientChunks.of(layer, tensor, CHUNK_VALUES);
    return () -> {
      for (GradientChunks.Chunk chunk : chunks) {
        accumulator.add(iteration, chunk.outputs(), chunk.weights(), chunk.biases());
      }
      accumulator.select(iteration);
    };
  }

  /** One iteration of all layers. */
  @Benchmark
  public void iteration() throws Exception {
    iteration++;
    if (threads == 1) {
      shares.get(0).forEach(Runnable::run);
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    for (List<Runnable> share : shares) {
      running.add(pool.submit(() -> share.forEach(Runnable::run)));
    }
    for (Future<?> future : running) {
      future.get();
    }
  }

  /** Lets the threads go. */
  @TearDown
  public void close() {
    pool.shutdown();
  }
}
