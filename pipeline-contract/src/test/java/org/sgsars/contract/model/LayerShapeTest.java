package org.sgsars.contract.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LayerShapeTest {
  @Test
  void of_convolutionWithBias_isAMatrixOfInputsAndOutputsWithTheBiasLast() {
    List<LayerShape> layers =
        LayerShape.of(
            List.of(
                new ParameterShape("conv.bias", List.of(16)),
                new ParameterShape("conv.weight", List.of(16, 8, 5, 5))));

    assertThat(layers).hasSize(1);
    assertThat(layers.get(0).rows()).isEqualTo(8 * 5 * 5 + 1);
    assertThat(layers.get(0).columns()).isEqualTo(16);
    assertThat(layers.get(0).physicalRows(128)).isEqualTo(256);
  }

  @Test
  void of_batchNormalisation_isLeftOut() {
    assertThat(
            LayerShape.of(
                List.of(
                    new ParameterShape("bn.weight", List.of(16)),
                    new ParameterShape("bn.bias", List.of(16)))))
        .isEmpty();
  }
}
