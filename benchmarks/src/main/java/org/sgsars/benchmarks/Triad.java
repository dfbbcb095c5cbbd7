package org.sgsars.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The memory's speed: a[i] = b[i] + s * c[i] over as many values as ResNet-50 has weights. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class Triad {
  /** As STREAM counts: two reads and one write. */
  static final int BYTES_PER_VALUE = 12;

  private final float[] a = new float[(int) ResNet50.WEIGHTS];
  private final float[] b = new float[(int) ResNet50.WEIGHTS];
  private final float[] c = new float[(int) ResNet50.WEIGHTS];

  /** So that no page is the one of zeros that all untouched pages share. */
  @Setup
  public void fill() {
    Arrays.fill(a, 1);
    Arrays.fill(b, 2);
    Arrays.fill(c, 3);
  }

  /** One pass. */
  @Benchmark
  public float[] triad() {
    for (int i = 0; i < a.length; i++) {
      a[i] = b[i] + 0.5F * c[i];
    }
    return a;
  }
}
