package org.sgsars.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/** What is inferred of networks that people train: right or refused, in any order. */
final class InferenceTest {
  static Stream<KnownNetwork> networks() {
    return KnownNetworks.all().stream();
  }

  private static List<ParameterShape> sorted(KnownNetwork network) {
    List<ParameterShape> sorted = new ArrayList<>(network.parameters);
    sorted.sort(Comparator.comparing(ParameterShape::name));
    return sorted;
  }

  private static String inferred(KnownNetwork network, List<ParameterShape> parameters) {
    List<LayerShape> layers;
    try {
      layers = MappedNetwork.of(parameters).layers();
    } catch (IllegalArgumentException e) {
      return "refused: " + e.getMessage();
    }
    Map<String, String> found = new TreeMap<>();
    for (LayerShape layer : layers) {
      int groups = layer.map().groups();
      found.put(
          layer.name(),
          layer.map().axesText() + (groups == 1 ? "" : ", %d groups".formatted(groups)));
    }
    Map<String, String> wrong = new TreeMap<>(network.maps);
    wrong.entrySet().removeAll(found.entrySet());
    found.keySet().removeAll(network.maps.keySet());
    return wrong.isEmpty() && found.isEmpty() ? "right" : "WRONG: " + wrong + found;
  }

  /** Those of which names and shapes in the network's order say all. */
  @Test
  void of_networksOrder_isRightWhereNothingContradicts() {
    assertThat(networks().filter(n -> inferred(n, n.parameters).equals("right")))
        .extracting(KnownNetwork::toString)
        .containsExactly(
            "MLP",
            "MLP without biases",
            "MLP without biases, named",
            "autoencoder without biases",
            "MLP with a projection without bias",
            "LeNet",
            "VGG-11",
            "ResNet-18 of 1 channels",
            "ResNet-18 of 3 channels",
            "ResNet-50",
            "ResNet-50 on grey images",
            "Wide ResNet-50-2",
            "MobileNetV2",
            "ConvNeXt",
            "DenseNet",
            "GoogLeNet",
            "HRNet",
            "U-Net that interpolates",
            "ViT",
            "PointNet");
  }

  @ParameterizedTest
  @MethodSource("networks")
  void of_anyOrder_isRightOrRefused(KnownNetwork network) {
    assertThat(inferred(network, network.parameters)).doesNotStartWith("WRONG");
    assertThat(inferred(network, sorted(network))).doesNotStartWith("WRONG");
    if (network.tellsByOrderAlone) {
      return;
    }
    for (int seed = 0; seed < 50; seed++) {
      List<ParameterShape> shuffled = new ArrayList<>(network.parameters);
      Collections.shuffle(shuffled, new Random(seed));
      assertThat(inferred(network, shuffled)).as("seed %d", seed).doesNotStartWith("WRONG");
    }
  }
}
