package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.Selection;

/** Layers that do not fit into one block: 16,384 values hold 3 columns of 5,000 rows. */
final class ColumnBlocksTest {
  private static final float MOMENTUM = 0.9f;
  private static final float RATE = 0.1f;
  private static final int ITERATIONS = 20;

  private static LayerShape layer(int rows, int columns) {
    return new LayerShape("fc", rows, columns);
  }

  private static LayerAccumulator accumulator(LayerShape layer, float decay) {
    return new LayerAccumulator(
        layer,
        new OptimizerSettings(MOMENTUM, RATE, decay),
        GradientFormat.F32,
        List.of(new LayerAccumulator.Choice(Selections.bound(new SgsSparsifier(), Map.of()))),
        1);
  }

  private static ByteBuffer noise(LayerShape layer, SplittableRandom random) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) (4 * layer.cells())).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) random.nextDouble(-1, 1));
    }
    return bytes.flip();
  }

  private static int selected(LayerAccumulator accumulator, long iteration) {
    return ((Selection.Rows) accumulator.select(iteration).get(0)).rows()[0];
  }

  private static void add(LayerAccumulator to, LayerShape layer, ByteBuffer all, int outputs) {
    ByteBuffer none = ByteBuffer.allocate(0);
    for (int first = 0; first < layer.columns(); first += outputs) {
      int count = Math.min(outputs, layer.columns() - first);
      to.add(0, count, all.slice(4 * first * layer.rows(), 4 * count * layer.rows()), none);
    }
  }

  @ParameterizedTest(name = "{0} x {1}, {2} outputs a chunk, weight decay {3}")
  @CsvSource({
    "5000, 10, 1, 0",
    "5000, 10, 4, 0",
    "5000, 10, 10, 0",
    "20000, 3, 2, 0",
    "64, 700, 130, 0",
    "5000, 10, 4, 0.01",
    "20000, 3, 2, 0.01"
  })
  void select_severalBlocks_isWhatPlainLoopsSelect(
      int rows, int columns, int outputs, float decay) {
    LayerShape layer = layer(rows, columns);
    LayerAccumulator accumulator = accumulator(layer, decay);
    SplittableRandom random = new SplittableRandom(7);
    float[] velocity = new float[rows * columns];
    float[] residual = new float[rows * columns];
    float[] weights = new float[rows * columns];
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      ByteBuffer gradients = noise(layer, random);
      add(accumulator, layer, gradients, outputs);

      int best = 0;
      float bestScore = -1;
      for (int row = 0; row < rows; row++) {
        float score = 0;
        for (int column = 0; column < columns; column++) {
          int i = column * rows + row;
          float gradient = gradients.getFloat(4 * i);
          float decayed = decay == 0 ? gradient : gradient + decay * weights[i];
          velocity[i] = MOMENTUM * velocity[i] + decayed;
          residual[i] += velocity[i];
          score = Math.max(score, Math.abs(residual[i]));
        }
        if (score > bestScore) {
          bestScore = score;
          best = row;
        }
      }
      for (int column = 0; column < columns; column++) {
        weights[column * rows + best] += -RATE * residual[column * rows + best];
        residual[column * rows + best] = 0;
      }
      assertThat(selected(accumulator, iteration)).isEqualTo(best);
    }
  }

  @Test
  void restore_betweenTwoChunksOfABlock_equalsARunWithoutRestart() throws Exception {
    LayerShape layer = layer(5000, 10);
    LayerAccumulator undisturbed = accumulator(layer, 0);
    LayerAccumulator restarted = accumulator(layer, 0);
    SplittableRandom random = new SplittableRandom(3);
    List<Integer> expected = new ArrayList<>();
    List<Integer> actual = new ArrayList<>();
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      ByteBuffer gradients = noise(layer, random);
      add(undisturbed, layer, gradients, 10);
      expected.add(selected(undisturbed, iteration));

      int first = 4;
      restarted.add(iteration, first, gradients.slice(0, 4 * first * 5000), ByteBuffer.allocate(0));
      ByteArrayOutputStream saved = new ByteArrayOutputStream();
      restarted.save(new DataOutputStream(saved));
      restarted = accumulator(layer, 0);
      restarted.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
      restarted.add(
          iteration, 6, gradients.slice(4 * first * 5000, 4 * 6 * 5000), ByteBuffer.allocate(0));
      actual.add(selected(restarted, iteration));
    }
    assertThat(actual).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void add_valueThatIsNotFinite_isFoundWhereverItIs(float value) {
    LayerShape layer = layer(5000, 10);
    LayerAccumulator accumulator = accumulator(layer, 0);
    ByteBuffer gradients = noise(layer, new SplittableRandom(1));
    gradients.putFloat(4 * (7 * 5000 + 4321), value);

    assertThatThrownBy(() -> accumulator.add(0, 10, gradients, ByteBuffer.allocate(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("value %s at row 4321, column 7 is not finite", value);
  }

  @Test
  void add_biasThatIsNotFinite_isFound() {
    LayerShape layer =
        MappedNetwork.layersOf(
                List.of(
                    new ParameterShape("fc.weight", List.of(2, 3)),
                    new ParameterShape("fc.bias", List.of(2))))
            .get(0);
    ByteBuffer biases = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    biases.putFloat(4, Float.NaN);

    assertThatThrownBy(() -> accumulator(layer, 0).add(0, 2, ByteBuffer.allocate(24), biases))
        .hasMessage("value NaN at row 3, column 1 is not finite");
  }
}
