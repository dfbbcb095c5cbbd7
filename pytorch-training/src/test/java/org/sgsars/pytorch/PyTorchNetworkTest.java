package org.sgsars.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.source.ImageShape;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.Network;
import org.sgsars.source.NetworkWeights;
import org.sgsars.source.SourceException;

@NeedsPyTorch
final class PyTorchNetworkTest {
  private static final ImageShape GREY = new ImageShape(1, 28, 28);
  private static final OptimizerSettings PLAIN = new OptimizerSettings(0.9f, 0.1f, 0);
  private static final int[] LABELS = {3, 0, 7, 3};

  private static Network network(String name, ImageShape images, OptimizerSettings optimizer)
      throws Exception {
    return new PyTorchEngine().create(name, images, 10, optimizer, 5, 1);
  }

  private static float[] images(ImageShape shape, int count) {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[count * shape.values()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return values;
  }

  /** What crossbars hold that took the initial weights. */
  private static NetworkWeights programmed(Network network) {
    List<LayerShape> layers = MappedNetwork.layersOf(network.parameters());
    NetworkWeights weights = new NetworkWeights(layers);
    for (int layer = 0; layer < layers.size(); layer++) {
      LayerShape shape = layers.get(layer);
      LayerTensor initial = network.initialWeights().get(layer);
      for (int column = 0; column < shape.columns(); column++) {
        for (int row = 0; row < shape.inputs(); row++) {
          weights.set(
              layer, row, column, initial.weights().getFloat(4 * (column * shape.inputs() + row)));
        }
        if (shape.hasBias()) {
          weights.set(layer, shape.inputs(), column, initial.biases().getFloat(4 * column));
        }
      }
    }
    return weights;
  }

  private static List<Float> floats(List<LayerTensor> tensors) {
    List<Float> all = new ArrayList<>();
    for (LayerTensor tensor : tensors) {
      for (ByteBuffer part : List.of(tensor.weights(), tensor.biases())) {
        for (int i = 0; i < part.remaining(); i += Float.BYTES) {
          all.add(part.order(ByteOrder.LITTLE_ENDIAN).getFloat(i));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, 3, 784 * 128 + 128 + 128 * 64 + 64 + 640 + 10, 109386",
    "lenet, 3, 8 * 26 + 16 * 201 + 10 * 145, 4874",
    "cnn, 4, 8 * 10 + 16 * 73 + 32 * 785 + 10 * 33, 26698",
  })
  void create_network_hasItsLayersAndWeights(String name, int layers, String why, long weights)
      throws Exception {
    try (Network network = network(name, GREY, PLAIN)) {
      List<LayerShape> shapes = MappedNetwork.layersOf(network.parameters());

      assertThat(shapes).hasSize(layers);
      assertThat(shapes.stream().mapToLong(LayerShape::cells).sum()).as(why).isEqualTo(weights);
      assertThat(floats(network.initialWeights())).hasSize((int) weights);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resnet-20, 22, 270618",
    "resnet-32, 34, 464154",
    "resnet-56, 58, 851226",
    "resnet-50, 54, 23469130"
  })
  void create_resNet_hasConvolutionsOnCrossbars(String name, int layers, long weights)
      throws Exception {
    int side = name.equals("resnet-50") ? 32 : 28;
    try (Network network = network(name, new ImageShape(1, side, side), PLAIN)) {
      List<LayerShape> shapes = MappedNetwork.layersOf(network.parameters());

      assertThat(shapes).hasSize(layers);
      assertThat(shapes.stream().mapToLong(LayerShape::cells).sum()).isEqualTo(weights);
    }
  }

  @Test
  void create_sameSeed_sameWeights() throws Exception {
    try (Network one = network("cnn", GREY, PLAIN);
        Network other = network("cnn", GREY, PLAIN);
        Network third = new PyTorchEngine().create("cnn", GREY, 10, PLAIN, 6, 1)) {
      assertThat(floats(one.initialWeights())).isEqualTo(floats(other.initialWeights()));
      assertThat(floats(third.initialWeights())).isNotEqualTo(floats(one.initialWeights()));
    }
  }

  @Test
  void create_imagesTooSmall_saysSo() {
    assertThatThrownBy(() -> network("resnet-50", GREY, PLAIN))
        .isInstanceOf(SourceException.class)
        .hasMessage(
            "network: resnet-50 needs images of at least 32 x 32 pixels, and these are 1 x 28 x 28");
  }

  /** Nothing of an iteration is left over for the next. */
  @ParameterizedTest
  @ValueSource(strings = {"cnn", "lenet", "mlp"})
  void gradients_sameWeightsAgain_areTheSame(String name) throws Exception {
    try (Network network = network(name, GREY, PLAIN)) {
      NetworkWeights weights = programmed(network);
      float[] images = images(GREY, LABELS.length);

      List<Float> first = floats(network.gradients(images, LABELS, weights, 0));
      List<Float> second = floats(network.gradients(images, LABELS, weights, 0));

      assertThat(second).isEqualTo(first);
      assertThat(first).anyMatch(value -> value != 0);
    }
  }

  /** The slope of the loss, measured. */
  @Test
  void gradients_ofAWeight_isHowTheLossChanges() throws Exception {
    try (Network network = network("cnn", GREY, PLAIN)) {
      NetworkWeights weights = programmed(network);
      float[] images = images(GREY, LABELS.length);
      List<LayerTensor> gradients = network.gradients(images, LABELS, weights, 0);
      // fc2, whose loss has no kinks: input 4 to output 3.
      float gradient = gradients.get(3).weights().getFloat(4 * (3 * 32 + 4));
      float weight = weights.tensor(3).weights().getFloat(4 * (3 * 32 + 4));
      float step = 0.05f;

      weights.set(3, 4, 3, weight + step);
      double above = network.test(images, LABELS, weights).loss();
      weights.set(3, 4, 3, weight - step);
      double below = network.test(images, LABELS, weights).loss();

      assertThat((above - below) / (2 * step)).isCloseTo(gradient, within(1e-4));
    }
  }

  @Test
  void gradients_weightDecay_isAdded() throws Exception {
    try (Network plain = network("mlp", GREY, PLAIN);
        Network decaying = network("mlp", GREY, new OptimizerSettings(0.9f, 0.1f, 0.5f))) {
      NetworkWeights weights = programmed(plain);
      float[] images = images(GREY, LABELS.length);

      List<LayerTensor> without = plain.gradients(images, LABELS, weights, 0);
      List<LayerTensor> with = decaying.gradients(images, LABELS, programmed(plain), 0);

      float weight = weights.tensor(0).weights().getFloat(40);
      assertThat(with.get(0).weights().getFloat(40))
          .isEqualTo(without.get(0).weights().getFloat(40) + 0.5f * weight);
    }
  }

  /** Batch normalisation is trained beside the crossbars. */
  @Test
  void gradients_stepsOfPlainDescent_lowerTheLoss() throws Exception {
    try (Network network = network("resnet-20", GREY, PLAIN)) {
      NetworkWeights weights = programmed(network);
      List<LayerShape> layers = MappedNetwork.layersOf(network.parameters());
      float[] images = images(GREY, LABELS.length);
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < 60; step++) {
        List<LayerTensor> gradients = network.gradients(images, LABELS, weights, 0);
        for (int layer = 0; layer < layers.size(); layer++) {
          descend(weights, layers.get(layer), layer, gradients.get(layer));
        }
        losses.add(network.test(images, LABELS, weights).loss());
      }

      assertThat(losses.get(59)).isLessThan(0.2 * losses.get(0));
    }
  }

  private static void descend(
      NetworkWeights weights, LayerShape shape, int layer, LayerTensor gradient) {
    for (int column = 0; column < shape.columns(); column++) {
      for (int row = 0; row < shape.inputs(); row++) {
        int at = 4 * (column * shape.inputs() + row);
        float before = weights.tensor(layer).weights().getFloat(at);
        weights.set(layer, row, column, before - 0.1f * gradient.weights().getFloat(at));
      }
    }
  }
}
