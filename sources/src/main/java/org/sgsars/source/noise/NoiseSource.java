package org.sgsars.source.noise;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.sgsars.device.StandardNormal;
import org.sgsars.failure.Memory;
import org.sgsars.model.LayerShape;
import org.sgsars.random.RandomStream;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.SourceException;

/**
 * Normal noise without end. Every tensor is a window on one table of values, at an offset drawn
 * anew for each layer and iteration, so that making it takes no time and measures stay those of the
 * pipeline. The table is a little longer than the largest layer.
 */
final class NoiseSource implements GradientSource {
  private static final int OFFSETS = 1 << 16;

  /** Values that differ; a longer table repeats them. */
  private static final int DISTINCT = 1 << 20;

  private static final double STANDARD_DEVIATION = 0.01;

  private final List<LayerShape> layers;
  private final ByteBuffer table;
  private final List<RandomStream> offsets;
  private long iteration;

  /**
   * @throws IllegalArgumentException if a layer's tensor would take more than 2 GiB, or more memory
   *     than there is
   */
  NoiseSource(List<LayerShape> layers, long seed) {
    this.layers = layers;
    RandomStream noise = RandomStream.of(seed, "noise");
    this.table = table(values(layers), noise.child("table").generator());
    this.offsets = layers.stream().map(layer -> noise.child("offset").child(layer.name())).toList();
  }

  /** Length of the table. */
  private static int values(List<LayerShape> layers) {
    LayerShape largest =
        layers.stream().max(Comparator.comparingLong(LayerShape::cells)).orElseThrow();
    String named =
        "layer %s of %d x %d weights".formatted(largest.name(), largest.rows(), largest.columns());
    int most = Integer.MAX_VALUE / Float.BYTES - OFFSETS;
    if (largest.cells() > most) {
      throw new IllegalArgumentException(
          "%s is too large for noise, which is made in one piece; allowed: at most %d weights"
              .formatted(named, most));
    }
    long values = largest.cells() + OFFSETS;
    Memory.requireRoom(Float.BYTES * values, "values of noise for " + named);
    return (int) values;
  }

  private static ByteBuffer table(int length, SplittableRandom random) {
    ByteBuffer table = ByteBuffer.allocate(Float.BYTES * length).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer values = table.asFloatBuffer();
    float[] distinct = new float[Math.min(length, DISTINCT)];
    for (int i = 0; i < distinct.length; i++) {
      double share = random.nextDouble();
      distinct[i] = (float) (STANDARD_DEVIATION * StandardNormal.quantile(Math.max(share, 1e-16)));
    }
    while (values.hasRemaining()) {
      values.put(distinct, 0, Math.min(distinct.length, values.remaining()));
    }
    return table;
  }

  @Override
  public String description() {
    return "normal noise in the shapes of %d layers".formatted(layers.size());
  }

  @Override
  public List<LayerShape> layers() {
    return layers;
  }

  @Override
  public List<String> notices() {
    return List.of();
  }

  @Override
  public double weightDecay() {
    return 0;
  }

  @Override
  public boolean hasWeights() {
    return false;
  }

  @Override
  public List<LayerTensor> initialWeights() throws SourceException {
    throw new SourceException("noise has no weights, which weightDecay needs");
  }

  @Override
  public List<LayerTensor> next() {
    List<LayerTensor> tensors = new ArrayList<>(layers.size());
    for (int i = 0; i < layers.size(); i++) {
      LayerShape layer = layers.get(i);
      int offset = offsets.get(i).child(iteration).generator().nextInt(OFFSETS);
      int bytes = Math.toIntExact(Float.BYTES * layer.cells());
      tensors.add(
          new LayerTensor(table.slice(Float.BYTES * offset, bytes), ByteBuffer.allocate(0)));
    }
    iteration++;
    return tensors;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
