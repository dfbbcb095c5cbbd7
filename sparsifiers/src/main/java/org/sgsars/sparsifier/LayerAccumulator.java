package org.sgsars.sparsifier;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.Selection;
import org.sgsars.policy.PolicyFailure;

/**
 * One layer of one run under all its sparsifiers: takes gradients output by output, keeps the
 * velocity, and after the last output asks each sparsifier for its selection.
 *
 * <p>The velocity is advanced as {@link org.sgsars.model.Momentum} says, by gradient + weightDecay
 * * weight, in float32 with one rounding per operation. Without weight decay the velocity is the
 * same for every sparsifier and is kept once; with it each sparsifier has weights, and so a
 * velocity, of its own.
 */
public final class LayerAccumulator {
  /** A velocity and the sparsifiers that accumulate it. */
  private static final class VelocityGroup {
    /** Indices of the sparsifiers. */
    final List<Integer> readers = new ArrayList<>();

    final ColumnBlocks velocity;
    final ColumnBlocks weights;

    VelocityGroup(ColumnBlocks velocity, ColumnBlocks weights) {
      this.velocity = velocity;
      this.weights = weights;
    }
  }

  /**
   * A sparsifier to run.
   *
   * @param sparsifier its policy and settings
   * @param reportsChanges whether the changes of the weights are reported
   */
  public record Choice(BoundSparsifier<?> sparsifier, boolean reportsChanges) {
    /** One of which only the selections count. */
    public Choice(BoundSparsifier<?> sparsifier) {
      this(sparsifier, false);
    }
  }

  private final LayerShape layer;
  private final OptimizerSettings optimizer;
  private final GradientFormat gradientFormat;
  private final LayerSparsifiers sparsifiers;
  private final List<Residual> residuals = new ArrayList<>();
  private final List<VelocityGroup> groups = new ArrayList<>();

  /** Says where columns lie in blocks. */
  private final ColumnBlocks blocks;

  private final GradientReader reader;
  private final float[] decayed;
  private final float[] ahead;

  private int nextOutput;

  /**
   * @param gradientFormat of the gradients that come
   * @param seed of the run; every sparsifier of every layer derives its own from it
   */
  public LayerAccumulator(
      LayerShape layer,
      OptimizerSettings optimizer,
      GradientFormat gradientFormat,
      List<Choice> choices,
      long seed) {
    this.layer = layer;
    this.optimizer = optimizer;
    this.sparsifiers = new LayerSparsifiers(layer, seed);
    this.blocks = ColumnBlocks.none(layer);
    this.gradientFormat = gradientFormat;
    this.reader = new GradientReader(layer);
    boolean decays = optimizer.weightDecay() != 0;
    this.decayed = new float[decays ? ColumnBlocks.longest(layer) : 0];
    this.ahead = new float[optimizer.momentum().nesterov() ? ColumnBlocks.longest(layer) : 0];
    ColumnBlocks none = ColumnBlocks.none(layer);
    // Of a velocity that nobody reads there is none.
    boolean isShared = !decays && choices.stream().anyMatch(LayerAccumulator::accumulates);
    VelocityGroup shared = new VelocityGroup(isShared ? new ColumnBlocks(layer) : none, none);
    for (Choice choice : choices) {
      VelocityGroup group =
          decays ? new VelocityGroup(new ColumnBlocks(layer), new ColumnBlocks(layer)) : shared;
      Optional<WholeSteps> steps = choice.sparsifier().steps();
      boolean accumulates = decays || accumulates(choice);
      Residual residual =
          accumulates
              ? new Residual(
                  layer,
                  new ColumnBlocks(layer),
                  group.weights,
                  optimizer.learningRate(),
                  steps,
                  choice.reportsChanges())
              : Residual.none(layer);
      int index = sparsifiers.add(choice.sparsifier(), residual);
      residuals.add(residual);
      if (accumulates) {
        group.readers.add(index);
        if (!groups.contains(group)) {
          groups.add(group);
        }
      }
    }
  }

  /** Whether a choice needs the velocity even without weight decay. */
  private static boolean accumulates(Choice choice) {
    return choice.sparsifier().steps().isPresent()
        || choice.reportsChanges()
        || choice.sparsifier().readsResidual();
  }

  /** The layer ends under a sparsifier; nothing is asked of it any more. */
  public void end(int sparsifier) {
    sparsifiers.end(sparsifier);
  }

  /** What sparsifiers threw since the last call, by their index. */
  public Map<Integer, PolicyFailure> drainFailures() {
    return sparsifiers.drainFailures();
  }

  /** Whether the layer has ended under a sparsifier; what is asked of it is of no use. */
  public boolean hasEnded(int sparsifier) {
    return sparsifiers.hasEnded(sparsifier);
  }

  /** The output that has to come next, in [0, C]; C when the iteration's gradients are complete. */
  public int nextOutput() {
    return nextOutput;
  }

  /**
   * Takes the gradients of the next outputs.
   *
   * @param iteration from 0, the same for all outputs until {@link #select}
   * @param weights in the layer's gradient format, {@code outputs} runs of all inputs
   * @param biases in the same format, one per output; empty without bias
   * @throws IllegalArgumentException if sizes do not fit the layer, naming both, or if a value is
   *     not finite; the layer must not be used on then
   * @throws PolicyFailure if the last sparsifier threw; of others, {@link #drainFailures} tells
   */
  public void add(long iteration, int outputs, ByteBuffer weights, ByteBuffer biases) {
    readBlocks(
        gradientFormat,
        outputs,
        weights,
        biases,
        (columns, from) -> {
          for (VelocityGroup group : groups) {
            accumulate(iteration, group, columns, from);
          }
        });
    sparsifiers.failIfNoneIsLeft();
  }

  /** Applies what was read of the next outputs, from an index of their block on. */
  @FunctionalInterface
  private interface BlockStep {
    void apply(int columns, int from);
  }

  private void readBlocks(
      GradientFormat format, int outputs, ByteBuffer weights, ByteBuffer biases, BlockStep step) {
    checkSizes(format, outputs, weights, biases);
    ByteBuffer w = weights.slice();
    ByteBuffer b = biases.slice();
    int first = nextOutput;
    for (int output = 0; output < outputs; ) {
      int columns = blocks.together(nextOutput, outputs - output);
      int from = blocks.offset(nextOutput);
      reader.read(format, w, b, output, columns, from);
      step.apply(columns, from);
      output += columns;
      nextOutput += columns;
    }
    reader.requireFinite(format, w, b, outputs, first);
  }

  /**
   * Adds initial weights instead of gradients: always float32; otherwise sizes and errors as in
   * {@link #add}.
   */
  public void addWeights(int outputs, ByteBuffer weights, ByteBuffer biases) {
    readBlocks(
        GradientFormat.F32,
        outputs,
        weights,
        biases,
        (columns, from) -> {
          for (VelocityGroup group : groups) {
            if (!group.weights.isEmpty()) {
              float[] block = group.weights.block(nextOutput);
              System.arraycopy(reader.values(), from, block, from, columns * layer.rows());
            }
          }
        });
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
    sparsifiers.call(sparsifier, of -> of.wear(writes));
  }

  /**
   * Ends an iteration whose gradients are complete.
   *
   * @return the selection of each sparsifier, in order; of one that has ended, nothing selected
   * @throws IllegalArgumentException if outputs are missing
   * @throws PolicyFailure if the last sparsifier threw; of others, {@link #drainFailures} tells
   */
  public List<Selection> select(long iteration) {
    if (nextOutput != layer.columns()) {
      throw new IllegalArgumentException(
          "the chunks hold %d of the layer's %d outputs".formatted(nextOutput, layer.columns()));
    }
    nextOutput = 0;
    float learningRate = optimizer.learningRateAt(iteration);
    residuals.forEach(residual -> residual.learningRate(learningRate));
    List<Selection> selections =
        new ArrayList<>(Collections.nCopies(sparsifiers.size(), new Selection.Rows(new int[0])));
    for (int i = 0; i < sparsifiers.size(); i++) {
      int at = i;
      sparsifiers.call(i, sparsifier -> selections.set(at, sparsifier.select(iteration)));
    }
    sparsifiers.failIfNoneIsLeft();
    return selections;
  }

  /** The nearest weights that cells can be programmed to, under a sparsifier. */
  public float[] programmable(int sparsifier, float[] weights) {
    return residuals.get(sparsifier).programmable(weights);
  }

  /**
   * What the weights change by through a sparsifier's last selection, if its choice tells that: of
   * whole rows row by row with all columns, of single cells in their order.
   */
  public float[] changes(int sparsifier) {
    return residuals.get(sparsifier).changes();
  }

  private void checkSizes(
      GradientFormat format, int outputs, ByteBuffer weights, ByteBuffer biases) {
    long expectedWeights = (long) format.bytes() * outputs * layer.inputs();
    long expectedBiases = layer.hasBias() ? (long) format.bytes() * outputs : 0;
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

  private static void decay(
      float[] decayed, float[] gradient, float decay, float[] weights, int from, int end) {
    for (int i = from; i < end; i++) {
      decayed[i] = gradient[i] + decay * weights[i];
    }
  }

  /** Advances the next outputs, whose gradients begin at an index of their block. */
  private void accumulate(long iteration, VelocityGroup group, int columns, int from) {
    int end = from + columns * layer.rows();
    float[] gradient = reader.values();
    float[] velocity = group.velocity.block(nextOutput);
    if (!group.weights.isEmpty()) {
      decay(decayed, gradient, optimizer.weightDecay(), group.weights.block(nextOutput), from, end);
      gradient = decayed;
    }
    optimizer.momentum().advance(iteration, velocity, gradient, from, end);
    float[] steps = optimizer.momentum().steps(velocity, gradient, ahead, from, end);
    for (int reader : group.readers) {
      sparsifiers.call(reader, sparsifier -> sparsifier.accumulate(nextOutput, columns, steps));
    }
  }

  /**
   * Saves everything, between two outputs.
   *
   * @throws IOException if writing fails
   */
  public void save(DataOutput out) throws IOException {
    out.writeInt(nextOutput);
    sparsifiers.save(out);
    for (VelocityGroup group : groups) {
      group.velocity.save(out);
      group.weights.save(out);
    }
    for (Residual residual : residuals) {
      residual.values().save(out);
    }
  }

  /** Reads what {@link #save} wrote into a fresh accumulator of the same run. */
  public void restore(DataInput in) throws IOException {
    nextOutput = in.readInt();
    sparsifiers.restore(in);
    for (VelocityGroup group : groups) {
      group.velocity.restore(in);
      group.weights.restore(in);
    }
    for (int i = 0; i < residuals.size(); i++) {
      residuals.get(i).values().restore(in);
      if (!residuals.get(i).isNone() && !sparsifiers.hasEnded(i)) {
        sparsifiers.resume(i, nextOutput);
      }
    }
  }
}
