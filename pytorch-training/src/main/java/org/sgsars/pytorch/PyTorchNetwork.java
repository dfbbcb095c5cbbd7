package org.sgsars.pytorch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.Momentum;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.random.RandomStream;
import org.sgsars.source.ImageShape;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.Network;
import org.sgsars.source.NetworkWeights;
import org.sgsars.source.Training;

/** A training's network in PyTorch. */
final class PyTorchNetwork implements Network {
  /** A parameter beside the crossbars, with the velocity of its steps. */
  private static final class Beside {
    final NDArray array;
    final float[] velocity;

    Beside(NDArray array) {
      this.array = array;
      this.velocity = new float[Math.toIntExact(array.size())];
    }
  }

  /** The parameters of a layer on crossbars. */
  private record OnCrossbars(NDArray weight, @Nullable NDArray bias) {}

  private final Engine engine;
  private final NDManager manager;
  private final Block block;
  private final ParameterStore store;
  private final ImageShape images;
  private final OptimizerSettings optimizer;
  private final List<ParameterShape> parameters = new ArrayList<>();
  private final List<LayerTensor> initialWeights = new ArrayList<>();
  private final List<OnCrossbars> layers = new ArrayList<>();
  private final List<Beside> beside = new ArrayList<>();

  /** Means and variances that batch normalisation has seen, for testing. */
  private final List<NDArray> running = new ArrayList<>();

  private final Loss loss = Loss.softmaxCrossEntropyLoss();

  PyTorchNetwork(
      Engine engine, NetworkPlan plan, ImageShape images, OptimizerSettings optimizer, long seed) {
    this.engine = engine;
    this.images = images;
    this.optimizer = optimizer;
    this.manager = engine.newBaseManager();
    this.block = plan.network();
    this.store = new ParameterStore(manager, false);
    block.initialize(
        manager,
        DataType.FLOAT32,
        new Shape(1, images.channels(), images.height(), images.width()));
    RandomStream weights = RandomStream.of(seed, "weights");
    for (NetworkPlan.Part part : plan.parts()) {
      add(part, weights.child(part.name()).generator());
    }
  }

  private void add(NetworkPlan.Part part, SplittableRandom random) {
    NDArray weight = null;
    NDArray bias = null;
    for (Parameter parameter : part.block().getDirectParameters().values()) {
      NDArray array = parameter.getArray();
      if (!parameter.requiresGradient()) {
        running.add(array);
        continue;
      }
      switch (parameter.getType()) {
        case WEIGHT -> weight = array;
        case BIAS -> bias = array;
        default -> {
          String name = parameter.getType() == Parameter.Type.GAMMA ? ".weight" : ".bias";
          parameters.add(shape(part.name() + name, array));
          beside.add(new Beside(array));
        }
      }
    }
    if (weight == null) {
      return;
    }
    parameters.add(shape(part.name() + ".weight", weight));
    long inputs = weight.size() / weight.getShape().get(0);
    ByteBuffer weights = uniform(weight, inputs, random);
    ByteBuffer biases = ByteBuffer.allocate(0);
    if (bias != null) {
      parameters.add(shape(part.name() + ".bias", bias));
      biases = uniform(bias, inputs, random);
    }
    initialWeights.add(new LayerTensor(weights, biases));
    layers.add(new OnCrossbars(weight, bias));
  }

  private static ParameterShape shape(String name, NDArray array) {
    return new ParameterShape(
        name, Arrays.stream(array.getShape().getShape()).mapToObj(Math::toIntExact).toList());
  }

  /** As PyTorch begins by default: uniform within 1 / sqrt(inputs) on either side of 0. */
  private static ByteBuffer uniform(NDArray array, long inputs, SplittableRandom random) {
    double limit = 1 / Math.sqrt(inputs);
    ByteBuffer values =
        ByteBuffer.allocate(Math.toIntExact(array.size() * Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      values.putFloat((float) ((2 * random.nextDouble() - 1) * limit));
    }
    return values.flip();
  }

  @Override
  public List<ParameterShape> parameters() {
    return parameters;
  }

  @Override
  public List<LayerTensor> initialWeights() {
    return initialWeights;
  }

  /** Brings what the crossbars hold into the network. */
  private void load(NetworkWeights weights) {
    for (int layer = 0; layer < layers.size(); layer++) {
      if (weights.pollChanged(layer)) {
        LayerTensor tensor = weights.tensor(layer);
        layers.get(layer).weight().set(floats(tensor.weights()));
        NDArray bias = layers.get(layer).bias();
        if (bias != null) {
          bias.set(floats(tensor.biases()));
        }
      }
    }
  }

  /** As numbers and not as bytes: bytes the engine would not copy, but go on looking at. */
  private static FloatBuffer floats(ByteBuffer bytes) {
    return bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private NDArray batch(NDManager of, float[] values, int count) {
    return of.create(values, new Shape(count, images.channels(), images.height(), images.width()));
  }

  @Override
  public List<LayerTensor> gradients(
      float[] values, int[] labels, NetworkWeights weights, long iteration) {
    load(weights);
    layers.forEach(
        layer -> {
          zeroGradient(layer.weight());
          zeroGradient(layer.bias());
        });
    beside.forEach(parameter -> zeroGradient(parameter.array));
    try (NDManager step = manager.newSubManager()) {
      NDArray data = batch(step, values, labels.length);
      NDArray classes = step.create(labels);
      try (GradientCollector collector = engine.newGradientCollector()) {
        NDList outputs = block.forward(store, new NDList(data), true);
        NDArray mean = loss.evaluate(new NDList(classes), outputs);
        collector.backward(mean);
        mean.close();
        outputs.close();
      }
    }
    List<LayerTensor> gradients = new ArrayList<>(layers.size());
    for (OnCrossbars layer : layers) {
      NDArray bias = layer.bias();
      gradients.add(
          new LayerTensor(
              gradient(layer.weight()), bias == null ? ByteBuffer.allocate(0) : gradient(bias)));
    }
    beside.forEach(parameter -> step(parameter, iteration));
    return gradients;
  }

  /** Going back adds to what is there. */
  private static void zeroGradient(@Nullable NDArray of) {
    if (of != null && of.hasGradient()) {
      try (NDArray gradient = of.getGradient()) {
        gradient.subi(gradient);
      }
    }
  }

  /** The gradient, weight decay added. */
  private ByteBuffer gradient(NDArray of) {
    ByteBuffer bytes;
    try (NDArray gradient = of.getGradient()) {
      bytes = gradient.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
    float decay = optimizer.weightDecay();
    if (decay != 0) {
      float[] weights = of.toFloatArray();
      for (int i = 0; i < weights.length; i++) {
        int at = i * Float.BYTES;
        bytes.putFloat(at, bytes.getFloat(at) + decay * weights[i]);
      }
    }
    return bytes;
  }

  /** What is beside the crossbars is updated densely. */
  private void step(Beside parameter, long iteration) {
    float[] values = parameter.array.toFloatArray();
    float[] gradient = new float[values.length];
    gradient(parameter.array).asFloatBuffer().get(gradient);
    Momentum momentum = optimizer.momentum();
    momentum.advance(iteration, parameter.velocity, gradient, 0, values.length);
    float[] steps =
        momentum.steps(parameter.velocity, gradient, new float[values.length], 0, values.length);
    float learningRate = optimizer.learningRateAt(iteration);
    for (int i = 0; i < values.length; i++) {
      values[i] -= learningRate * steps[i];
    }
    parameter.array.set(FloatBuffer.wrap(values));
  }

  @Override
  public Training.TestResult test(float[] values, int[] labels, NetworkWeights weights) {
    load(weights);
    try (NDManager step = manager.newSubManager()) {
      NDArray outputs =
          block
              .forward(store, new NDList(batch(step, values, labels.length)), false)
              .singletonOrThrow();
      outputs.attach(step);
      float mean = loss.evaluate(new NDList(step.create(labels)), new NDList(outputs)).getFloat();
      NDArray found = outputs.argMax(1);
      long[] chosen = found.toLongArray();
      int correct = 0;
      for (int i = 0; i < labels.length; i++) {
        correct += chosen[i] == labels[i] ? 1 : 0;
      }
      return new Training.TestResult(labels.length, correct, mean);
    }
  }

  @Override
  public void save(DataOutput out) throws IOException {
    for (Beside parameter : beside) {
      write(parameter.array.toFloatArray(), out);
      write(parameter.velocity, out);
    }
    for (NDArray array : running) {
      write(array.toFloatArray(), out);
    }
  }

  private static void write(float[] values, DataOutput out) throws IOException {
    for (float value : values) {
      out.writeFloat(value);
    }
  }

  @Override
  public void restore(DataInput in) throws IOException {
    for (Beside parameter : beside) {
      read(parameter.array, in);
      for (int i = 0; i < parameter.velocity.length; i++) {
        parameter.velocity[i] = in.readFloat();
      }
    }
    for (NDArray array : running) {
      read(array, in);
    }
  }

  private static void read(NDArray array, DataInput in) throws IOException {
    float[] values = new float[Math.toIntExact(array.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readFloat();
    }
    array.set(FloatBuffer.wrap(values));
  }

  @Override
  public void close() {
    manager.close();
  }
}
