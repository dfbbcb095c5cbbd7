package org.sgsars.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.mapping.MappedNetwork;

final class LayerShapeTest {
  @Test
  void of_convolutionWithBias_isAMatrixOfInputsAndOutputsWithTheBiasLast() {
    List<LayerShape> layers =
        MappedNetwork.layersOf(
            List.of(
                new ParameterShape("conv.bias", List.of(16)),
                new ParameterShape("conv.weight", List.of(16, 8, 5, 5))));

    assertThat(layers).hasSize(1);
    assertThat(layers.get(0).rows()).isEqualTo(8 * 5 * 5 + 1);
    assertThat(layers.get(0).columns()).isEqualTo(16);
    assertThat(layers.get(0).physicalRows(128)).isEqualTo(256);
  }

  @Test
  void of_parameterTwice_isRefusedWithBothShapes() {
    assertThatThrownBy(
            () ->
                MappedNetwork.layersOf(
                    List.of(
                        new ParameterShape("fc.bias", List.of(2)),
                        new ParameterShape("fc.weight", List.of(2, 3)),
                        new ParameterShape("fc.bias", List.of(3)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Two parameters are named fc.bias, of shapes [2] and [3]");
  }

  @Test
  void layerShape_sizesThatAreNotAllowed_areRefusedWithTheLimits() {
    assertThatThrownBy(() -> new LayerShape("fc", Integer.MAX_VALUE, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Layer fc has 2147483647 rows and 2 columns; allowed: 1 to 268435456 rows and 1 to 268435456 columns");
    assertThatThrownBy(() -> LayerList.fromText("fc\t99999999999\t2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "99999999999 is too large in the layer 'fc 99999999999 2'; allowed: 1 to 268435456");
    assertThatThrownBy(() -> new ParameterShape("a", List.of(1 << 30, 1 << 30, 8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Parameter a of shape [1073741824, 1073741824, 8] has more values than can be counted; allowed: fewer than 2^63");
  }

  @Test
  void of_batchNormalisation_isLeftOut() {
    assertThat(
            MappedNetwork.layersOf(
                List.of(
                    new ParameterShape("bn.weight", List.of(16)),
                    new ParameterShape("bn.bias", List.of(16)))))
        .isEmpty();
  }
}
