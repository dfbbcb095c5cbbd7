package org.sgsars.sgs.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.OptimizerSettings;
import org.sgsars.contract.model.Selection;

/**
 * One layer of one run under all its sparsifiers: takes gradients output by output, keeps the
 * velocity, and after the last output asks each sparsifier for its selection.
 *
 * <p>velocity = momentum * velocity + (gradient + weightDecay * weight), in float32 with one
 * rounding per operation. Without weight decay the velocity is the same for every sparsifier and is
 * kept once; with it each sparsifier has weights, and so a velocity, of its own.
 */
public final class LayerAccumulator {
  private static final int FLOATS_PER_BLOCK = 1 << 14;

  /** A velocity and what is accumulated from it. */
  private static final class Path {
    final List<Sparsifier> readers = new ArrayList<>();
    final float[] velocity;
    final float @Nullable [] weights;

    Path(int cells, boolean keepsWeights) {
      velocity = new float[cells];
      weights = keepsWeights ? new float[cells] : null;
    }
  }

  /**
   * A sparsifier to run.
   *
   * @param policy its kind
   * @param settings its settings
   */
  public record Choice(SparsifierPolicy policy, org.sgsars.contract.model.Settings settings) {}

  private final LayerShape layer;
  private final OptimizerSettings optimizer;
  private final List<Sparsifier> sparsifiers = new ArrayList<>();
  private final List<Residual> residuals = new ArrayList<>();
  private final List<Path> paths = new ArrayList<>();
  private final float[] gradient;
  private final float[] step;
  private int nextOutput;

  /**
   * @param seed of the run; every layer derives its own from it and its index
   */
  public LayerAccumulator(
      LayerShape layer,
      int layerIndex,
      OptimizerSettings optimizer,
      List<Choice> choices,
      long seed) {
    this.layer = layer;
    this.optimizer = optimizer;
    this.gradient = new float[layer.rows()];
    this.step = new float[layer.rows()];
    int cells = Math.toIntExact(layer.cells());
    boolean decays = optimizer.weightDecay() != 0;
    Path shared = new Path(decays ? 0 : cells, false);
    for (Choice choice : choices) {
      Path path = decays ? new Path(cells, true) : shared;
      Optional<Quantization> quantization = Quantization.of(choice.settings());
      boolean accumulates = decays || quantization.isPresent() || choice.policy().readsResidual();
      Residual residual =
          accumulates
              ? new Residual(
                  layer, new float[cells], path.weights, optimizer.learningRate(), quantization)
              : Residual.none(layer);
      Sparsifier sparsifier =
          choice.policy().create(layer, choice.settings(), layerSeed(seed, layerIndex), residual);
      sparsifiers.add(sparsifier);
      residuals.add(residual);
      if (accumulates) {
        path.readers.add(sparsifier);
        if (!paths.contains(path)) {
          paths.add(path);
        }
      }
    }
  }

  /** The seed of a layer: the same on every machine, another for every layer. */
  static long layerSeed(long seed, int layerIndex) {
    return new java.util.SplittableRandom(seed ^ (0xA5A5_5A5AL * (layerIndex + 1))).nextLong();
  }

  /** The output that has to come next, in [0, C]; C when the iteration's gradients are complete. */
  public int nextOutput() {
    return nextOutput;
  }

  /**
   * Takes the gradients of the next outputs.
   *
   * @param weights little-endian float32, {@code outputs} runs of all inputs
   * @param biases little-endian float32, one per output; empty without bias
   * @throws IllegalArgumentException if sizes do not fit the layer, naming both, or if a value is
   *     not finite; the layer must not be used on then
   */
  public void add(int outputs, ByteBuffer weights, ByteBuffer biases) {
    checkSizes(outputs, weights, biases);
    ByteBuffer w = weights.slice().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer b = biases.slice().order(ByteOrder.LITTLE_ENDIAN);
    for (int output = 0; output < outputs; output++) {
      readRun(output, w, b);
      for (Path path : paths) {
        accumulate(path, nextOutput);
      }
      nextOutput++;
    }
  }

  /** Takes initial weights instead of gradients; sizes and errors as in {@link #add}. */
  public void addWeights(int outputs, ByteBuffer weights, ByteBuffer biases) {
    checkSizes(outputs, weights, biases);
    ByteBuffer w = weights.slice().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer b = biases.slice().order(ByteOrder.LITTLE_ENDIAN);
    for (int output = 0; output < outputs; output++) {
      readRun(output, w, b);
      for (Path path : paths) {
        if (path.weights != null) {
          System.arraycopy(gradient, 0, path.weights, nextOutput * layer.rows(), layer.rows());
        }
      }
      nextOutput++;
    }
    if (nextOutput == layer.columns()) {
      nextOutput = 0;
    }
  }

  /**
   * Tells a sparsifier how worn its rows are.
   *
   * @param sparsifier index of its choice
   * @param writes for each row the writes of the physical row it lies in
   * @throws IllegalArgumentException if there are not as many as rows
   */
  public void wear(int sparsifier, long[] writes) {
    if (writes.length != layer.rows()) {
      throw new IllegalArgumentException(
          "wear of %d rows comes for the %d of layer %s"
              .formatted(writes.length, layer.rows(), layer.name()));
    }
    sparsifiers.get(sparsifier).wear(writes);
  }

  /**
   * Ends an iteration whose gradients are complete.
   *
   * @return the selection of each sparsifier, in order
   * @throws IllegalArgumentException if outputs are missing
   */
  public List<Selection> select(long iteration) {
    if (nextOutput != layer.columns()) {
      throw new IllegalArgumentException(
          "the chunks hold %d of the layer's %d outputs".formatted(nextOutput, layer.columns()));
    }
    nextOutput = 0;
    List<Selection> selections = new ArrayList<>(sparsifiers.size());
    for (Sparsifier sparsifier : sparsifiers) {
      selections.add(sparsifier.select(iteration));
    }
    return selections;
  }

  private void checkSizes(int outputs, ByteBuffer weights, ByteBuffer biases) {
    long expectedWeights = 4L * outputs * layer.inputs();
    long expectedBiases = layer.hasBias() ? 4L * outputs : 0;
    if (outputs < 1 || outputs > layer.columns() - nextOutput) {
      throw new IllegalArgumentException(
          "%d outputs come where %d of %d are left"
              .formatted(outputs, layer.columns() - nextOutput, layer.columns()));
    }
    if (weights.remaining() != expectedWeights || biases.remaining() != expectedBiases) {
      throw new IllegalArgumentException(
          "%d weight bytes and %d bias bytes come where %d outputs of %d inputs need %d and %d"
              .formatted(
                  weights.remaining(),
                  biases.remaining(),
                  outputs,
                  layer.inputs(),
                  expectedWeights,
                  expectedBiases));
    }
  }

  /** Reads one output's run, bias last, into {@link #gradient}, and refuses what is not finite. */
  private void readRun(int output, ByteBuffer weights, ByteBuffer biases) {
    int inputs = layer.inputs();
    weights.asFloatBuffer().position(output * inputs).get(gradient, 0, inputs);
    if (layer.hasBias()) {
      gradient[inputs] = biases.getFloat(4 * output);
    }
    for (int row = 0; row < gradient.length; row++) {
      if (!Float.isFinite(gradient[row])) {
        throw new IllegalArgumentException(
            "value %s at row %d, column %d is not finite"
                .formatted(gradient[row], row, nextOutput));
      }
    }
  }

  private void accumulate(Path path, int column) {
    int run = column * layer.rows();
    float momentum = optimizer.momentum();
    float[] velocity = path.velocity;
    float[] weights = path.weights;
    if (weights == null) {
      for (int row = 0; row < step.length; row++) {
        step[row] = momentum * velocity[run + row] + gradient[row];
      }
    } else {
      float decay = optimizer.weightDecay();
      for (int row = 0; row < step.length; row++) {
        float decayed = gradient[row] + decay * weights[run + row];
        step[row] = momentum * velocity[run + row] + decayed;
      }
    }
    System.arraycopy(step, 0, velocity, run, step.length);
    for (Sparsifier reader : path.readers) {
      reader.accumulate(column, step);
    }
  }

  /**
   * Saves everything, between two outputs.
   *
   * @throws IOException if writing fails
   */
  public void save(DataOutput out) throws IOException {
    out.writeInt(nextOutput);
    for (Path path : paths) {
      write(path.velocity, out);
      if (path.weights != null) {
        write(path.weights, out);
      }
    }
    for (Residual residual : residuals) {
      write(residual.values(), out);
    }
  }

  /** Reads what {@link #save} wrote into a fresh accumulator of the same run. */
  public void restore(DataInput in) throws IOException {
    nextOutput = in.readInt();
    for (Path path : paths) {
      read(path.velocity, in);
      if (path.weights != null) {
        read(path.weights, in);
      }
    }
    for (int i = 0; i < residuals.size(); i++) {
      read(residuals.get(i).values(), in);
      if (residuals.get(i).values().length > 0) {
        sparsifiers.get(i).resume(nextOutput);
      }
    }
  }

  private static void write(float[] values, DataOutput out) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(4 * FLOATS_PER_BLOCK);
    for (int from = 0; from < values.length; from += FLOATS_PER_BLOCK) {
      int count = Math.min(FLOATS_PER_BLOCK, values.length - from);
      block.clear();
      block.asFloatBuffer().put(values, from, count);
      out.write(block.array(), 0, 4 * count);
    }
  }

  private static void read(float[] values, DataInput in) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(4 * FLOATS_PER_BLOCK);
    for (int from = 0; from < values.length; from += FLOATS_PER_BLOCK) {
      int count = Math.min(FLOATS_PER_BLOCK, values.length - from);
      in.readFully(block.array(), 0, 4 * count);
      block.asFloatBuffer().get(values, from, count);
    }
  }
}
