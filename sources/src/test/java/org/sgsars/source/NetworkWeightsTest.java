package org.sgsars.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

final class NetworkWeightsTest {
  private static final List<LayerShape> LAYERS =
      MappedNetwork.layersOf(
          List.of(
              new ParameterShape("fc.weight", List.of(2, 3)),
              new ParameterShape("fc.bias", List.of(2)),
              new ParameterShape("out.weight", List.of(1, 2))));

  @Test
  void set_rowAndColumn_liesWhereFrameworksHaveIt() {
    NetworkWeights weights = new NetworkWeights(LAYERS);

    weights.set(0, 2, 1, 0.5f);
    weights.set(0, 3, 1, 0.25f);

    // Output 1, input 2 of 3; the last row is the bias.
    assertThat(weights.tensor(0).weights().getFloat(4 * (3 + 2))).isEqualTo(0.5f);
    assertThat(weights.tensor(0).biases().getFloat(4)).isEqualTo(0.25f);
    assertThat(weights.tensor(1).biases().remaining()).isZero();
  }

  @Test
  void pollChanged_tellsEachChangeOnce() {
    NetworkWeights weights = new NetworkWeights(LAYERS);
    assertThat(weights.pollChanged(0)).isTrue();
    assertThat(weights.pollChanged(1)).isTrue();

    weights.set(1, 0, 0, 1);

    assertThat(weights.pollChanged(0)).isFalse();
    assertThat(weights.pollChanged(1)).isTrue();
    assertThat(weights.pollChanged(1)).isFalse();
  }
}
