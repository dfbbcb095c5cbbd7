package org.sgsars.source.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.sgsars.model.LayerList;
import org.sgsars.model.LayerShape;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.SourceException;

final class NoiseSourceTest {
  private static final List<LayerShape> LAYERS =
      List.of(new LayerShape("a", 300, 40), new LayerShape("b", 3, 2));

  private static GradientSource open(long seed) throws SourceException {
    NoiseSourcePolicy policy = new NoiseSourcePolicy();
    return policy.open(policy.settings(Map.of("layers", LayerList.toText(LAYERS), "seed", seed)));
  }

  private static float[] next(GradientSource source, int layer) throws SourceException {
    List<LayerTensor> tensors = Objects.requireNonNull(source.next());
    FloatBuffer values = tensors.get(layer).weights().asFloatBuffer();
    float[] all = new float[values.remaining()];
    values.get(all);
    return all;
  }

  /** 12,000 draws: the mean is within 5 standard errors of 0, the deviation within 5 % of 0.01. */
  @Test
  void next_isNormalNoiseInTheLayersShape() throws Exception {
    float[] values = next(open(1), 0);

    assertThat(values).hasSize(300 * 40);
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    assertThat(sum / values.length).isBetween(-5e-4, 5e-4);
    assertThat(Math.sqrt(squares / values.length)).isBetween(0.0095, 0.0105);
  }

  @Test
  void next_sameSeed_isTheSameAndAnotherSeedOrIterationIsNot() throws Exception {
    GradientSource source = open(1);
    float[] first = next(source, 0);

    assertThat(first).isEqualTo(next(open(1), 0)).isNotEqualTo(next(open(2), 0));
    assertThat(next(source, 0)).isNotEqualTo(first);
  }

  @Test
  void initialWeights_areNoNoise() throws Exception {
    assertThatThrownBy(() -> open(1).initialWeights())
        .isInstanceOf(SourceException.class)
        .hasMessage("noise has no weights, which weightDecay needs");
  }
}
