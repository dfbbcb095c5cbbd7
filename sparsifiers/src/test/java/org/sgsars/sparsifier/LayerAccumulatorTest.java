package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.LearningRateStep;
import org.sgsars.model.Momentum;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.Selection;

final class LayerAccumulatorTest {
  private static final OptimizerSettings PLAIN = new OptimizerSettings(0, 1, 0);
  private static final OptimizerSettings MOMENTUM = new OptimizerSettings(0.5f, 0.1f, 0);

  /** Two outputs of two inputs, and a bias: three rows, two columns. */
  private static final LayerShape LAYER =
      MappedNetwork.layersOf(
              List.of(
                  new ParameterShape("fc.weight", List.of(2, 2)),
                  new ParameterShape("fc.bias", List.of(2))))
          .get(0);

  private static LayerAccumulator.Choice choice(
      SparsifierPolicy<?> policy, Map<String, ?> settings) {
    return new LayerAccumulator.Choice(Selections.bound(policy, settings));
  }

  private static LayerAccumulator.Choice sgs(String score, long rows, boolean byPosition) {
    return choice(
        new SgsSparsifier(),
        Map.of("score", score, "rows", rows, "byPosition", byPosition, "smallRows", 128L));
  }

  private static LayerAccumulator.Choice topK(double ratio) {
    return choice(new TopKSparsifier(), Map.of("ratio", ratio));
  }

  private static LayerAccumulator accumulator(
      OptimizerSettings optimizer, LayerAccumulator.Choice... choices) {
    return new LayerAccumulator(LAYER, optimizer, GradientFormat.F32, List.of(choices), 1);
  }

  private static List<Selection> iterate(
      LayerAccumulator accumulator, long iteration, float[] weights, float[] biases) {
    accumulator.add(0, 2, floats(weights), floats(biases));
    return accumulator.select(iteration);
  }

  private static ByteBuffer floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  @Test
  void select_max_takesTheRowOfTheLargestMagnitude() {
    // Rows by columns: (1, 3), (-4, 0), (2, 2.5): largest magnitudes 3, 4, 2.5.
    List<Selection> selections =
        iterate(
            accumulator(PLAIN, sgs("max", 1, false), sgs("sum", 1, false)),
            0,
            new float[] {1, -4, 3, 0},
            new float[] {2, 2.5f});

    // By sum the rows score 4, 4 and 4.5: the bias row wins.
    assertThat(selections)
        .containsExactly(new Selection.Rows(new int[] {1}), new Selection.Rows(new int[] {2}));
  }

  private static LayerAccumulator.Choice reporting(LayerAccumulator.Choice choice) {
    return new LayerAccumulator.Choice(choice.sparsifier(), true);
  }

  private static LayerAccumulator.Choice dense(Map<String, ?> settings) {
    return reporting(choice(new DenseSparsifier(), settings));
  }

  /** Row by row with all columns; of single cells in their order. */
  @Test
  void changes_ofWhatWasTaken_areMinusLearningRateTimesIt() {
    LayerAccumulator accumulator =
        accumulator(
            new OptimizerSettings(0, 0.5f, 0),
            reporting(sgs("max", 2, false)),
            reporting(topK(0.3)),
            dense(Map.of()));

    // Rows by columns: (1, 3), (-4, 0), (2, 2.5).
    List<Selection> selections =
        iterate(accumulator, 0, new float[] {1, -4, 3, 0}, new float[] {2, 2.5f});

    assertThat(selections.get(0)).isEqualTo(new Selection.Rows(new int[] {0, 1}));
    assertThat(accumulator.changes(0)).containsExactly(-0.5f, -1.5f, 2, -0f);
    assertThat(selections.get(1))
        .isEqualTo(new Selection.Cells(new int[] {0, 1}, new int[] {1, 0}));
    assertThat(accumulator.changes(1)).containsExactly(-1.5f, 2);
    assertThat(accumulator.changes(2)).containsExactly(-0.5f, -1.5f, 2, -0f, -1, -1.25f);
  }

  @Test
  void changes_notAskedFor_areNone() {
    LayerAccumulator accumulator = accumulator(PLAIN, sgs("max", 1, false));

    iterate(accumulator, 0, new float[] {1, -4, 3, 0}, new float[] {2, 2.5f});

    assertThat(accumulator.changes(0)).isEmpty();
  }

  @Test
  void changes_afterALearningRateStep_areByTheNewRate() {
    OptimizerSettings steps =
        new OptimizerSettings(new Momentum(0), 0.5f, 0, List.of(new LearningRateStep(1, 0.25f)));
    LayerAccumulator accumulator = accumulator(steps, reporting(sgs("max", 1, false)));
    float[] gradient = {4, 0, 0, 0};

    iterate(accumulator, 0, gradient, new float[2]);
    assertThat(accumulator.changes(0)).containsExactly(-2, -0f);
    iterate(accumulator, 1, gradient, new float[2]);
    assertThat(accumulator.changes(0)).containsExactly(-1, -0f);
  }

  /** Steps of 0.5 / 2^2 = 0.125; what is less waits. */
  @Test
  void changes_quantized_areWholeSteps_andSoAreInitialWeights() {
    LayerAccumulator accumulator =
        accumulator(PLAIN, dense(Map.of("quantize", 2L, "weightRange", 0.5)));
    float[] gradient = {0.3f, 0, -0.05f, 0};

    iterate(accumulator, 0, gradient, new float[2]);
    assertThat(accumulator.changes(0)).containsExactly(-0.25f, 0, 0, 0, 0, 0);
    iterate(accumulator, 1, gradient, new float[2]);
    // 0.05 + 0.3 are nearest to three steps; 0.1 to one.
    assertThat(accumulator.changes(0)).containsExactly(-0.375f, 0.125f, 0, 0, 0, 0);

    assertThat(accumulator.programmable(0, new float[] {0.2f, -0.06f, 0.0626f}))
        .containsExactly(0.25f, -0f, 0.125f);
  }

  @Test
  void select_equalScores_takesTheLowestRow() {
    assertThat(
            iterate(
                accumulator(PLAIN, sgs("max", 2, false)),
                0,
                new float[] {1, 1, 1, -1},
                new float[] {1, 1}))
        .containsExactly(new Selection.Rows(new int[] {0, 1}));
  }

  @Test
  void select_byPosition_takesTheLowestColumnOfTheLargestMagnitude() {
    assertThat(
            iterate(
                accumulator(PLAIN, sgs("max", 1, true)),
                0,
                new float[] {1, -4, 3, 4},
                new float[] {0, 0}))
        .containsExactly(new Selection.Cells(new int[] {1}, new int[] {0}));
  }

  @Test
  void select_topK_takesLargestCellsThenLowestRowThenLowestColumn() {
    // Half of 6 cells; magnitudes by row: (1, 2), (2, 2), (0, 0): three of the 2s are all there
    // are.
    assertThat(
            iterate(
                accumulator(PLAIN, topK(0.5), topK(1.0 / 3)),
                0,
                new float[] {1, -2, 2, 2},
                new float[] {0, 0}))
        .containsExactly(
            new Selection.Cells(new int[] {0, 1, 1}, new int[] {1, 0, 1}),
            new Selection.Cells(new int[] {0, 1}, new int[] {1, 0}));
  }

  @Test
  void select_dense_takesAll() {
    LayerAccumulator.Choice dense = choice(new DenseSparsifier(), Map.of());

    assertThat(iterate(accumulator(PLAIN, dense), 0, new float[] {0, 0, 0, 0}, new float[] {0, 0}))
        .containsExactly(new Selection.All());
  }

  @Test
  void select_takenRow_startsFromItsVelocityAgain() {
    LayerAccumulator accumulator = accumulator(MOMENTUM, sgs("max", 1, false));
    float[] none = {0, 0};

    // Row 0 gets 4, row 1 gets 3. Row 0 is taken; velocity 4 and 3 stay.
    assertThat(iterate(accumulator, 0, new float[] {4, 3, 0, 0}, none))
        .containsExactly(new Selection.Rows(new int[] {0}));
    // No gradient: velocities 2 and 1.5, accumulated 2 and 4.5: row 1.
    assertThat(iterate(accumulator, 1, new float[4], none))
        .containsExactly(new Selection.Rows(new int[] {1}));
    // Velocities 1 and 0.75, accumulated 3 and 0.75: row 0.
    assertThat(iterate(accumulator, 2, new float[4], none))
        .containsExactly(new Selection.Rows(new int[] {0}));
  }

  @Test
  void select_weightDecay_addsTheWeightToItsGradient() {
    LayerAccumulator accumulator =
        accumulator(new OptimizerSettings(0, 0.5f, 0.1f), sgs("max", 1, false));
    accumulator.addWeights(2, floats(10, 20, 0, 0), floats(0, 0));
    float[] none = {0, 0};

    // Decayed gradients 1 and 2: row 1 is taken, and its weight becomes 20 - 0.5 * 2 = 19.
    assertThat(iterate(accumulator, 0, new float[4], none))
        .containsExactly(new Selection.Rows(new int[] {1}));
    // Accumulated 1 + 1 = 2 against 1.9: row 0, whose weight becomes 10 - 0.5 * 2 = 9.
    assertThat(iterate(accumulator, 1, new float[4], none))
        .containsExactly(new Selection.Rows(new int[] {0}));
    // Accumulated 0.9 against 1.9 + 1.9: row 1.
    assertThat(iterate(accumulator, 2, new float[4], none))
        .containsExactly(new Selection.Rows(new int[] {1}));
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16"})
  void add_halves_isAsIfTheRoundedValuesCameInF32(GradientFormat format) {
    List<LayerAccumulator.Choice> choices = List.of(sgs("max", 1, false), topK(0.4));
    LayerAccumulator rounded = accumulator(MOMENTUM, sgs("max", 1, false), topK(0.4));
    LayerAccumulator halved = new LayerAccumulator(LAYER, MOMENTUM, format, choices, 1);
    SplittableRandom random = new SplittableRandom(3);

    for (int iteration = 0; iteration < 50; iteration++) {
      float[] values = new float[6];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      short[] halves = new short[6];
      format.toHalves(values, 6, halves);
      format.toFloats(halves, 6, values, 0);
      halved.add(0, 2, shorts(Arrays.copyOf(halves, 4)), shorts(halves[4], halves[5]));

      assertThat(halved.select(iteration))
          .isEqualTo(
              iterate(
                  rounded,
                  iteration,
                  Arrays.copyOf(values, 4),
                  new float[] {values[4], values[5]}));
    }
  }

  private static ByteBuffer shorts(short... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(values);
    return bytes;
  }

  @Test
  void add_halvesNotFinite_namesValueAndPlace() {
    LayerAccumulator accumulator =
        new LayerAccumulator(LAYER, PLAIN, GradientFormat.F16, List.of(sgs("max", 1, false)), 1);

    assertThatThrownBy(
            () ->
                accumulator.add(
                    0,
                    2,
                    shorts((short) 0, (short) 0, (short) 0, (short) 0xfc00),
                    shorts(new short[2])))
        .hasMessage("value -Infinity at row 1, column 1 is not finite");
  }

  @Test
  void add_notFinite_namesValueAndPlace() {
    assertThatThrownBy(
            () ->
                accumulator(PLAIN, sgs("max", 1, false))
                    .add(0, 2, floats(1, 2, 3, Float.NaN), floats(0, 0)))
        .hasMessage("value NaN at row 1, column 1 is not finite");
  }

  @Test
  void add_wrongSize_namesBothSizes() {
    assertThatThrownBy(
            () -> accumulator(PLAIN, sgs("max", 1, false)).add(0, 2, floats(1, 2), floats(0, 0)))
        .hasMessage(
            "8 weight bytes and 8 bias bytes come where 2 outputs of 2 inputs need 16 and 8");
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void restore_betweenTwoOutputs_equalsARunWithoutRestart(long seed) throws IOException {
    LayerAccumulator.Choice[] choices = {
      sgs("max", 1, false), sgs("sum", 2, false), sgs("max", 1, true), topK(0.4)
    };
    LayerAccumulator whole = accumulator(MOMENTUM, choices);
    LayerAccumulator stopped = accumulator(MOMENTUM, choices);
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Selection>> expected = new ArrayList<>();
    List<List<Selection>> actual = new ArrayList<>();

    for (int iteration = 0; iteration < 50; iteration++) {
      float[] values = new float[6];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      whole.add(
          0, 2, floats(values[0], values[1], values[3], values[4]), floats(values[2], values[5]));
      expected.add(whole.select(iteration));
      stopped.add(0, 1, floats(values[0], values[1]), floats(values[2]));
      stopped = copy(stopped, choices);
      stopped.add(0, 1, floats(values[3], values[4]), floats(values[5]));
      actual.add(stopped.select(iteration));
    }

    assertThat(actual).isEqualTo(expected);
  }

  private static LayerAccumulator copy(
      LayerAccumulator original, LayerAccumulator.Choice... choices) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    original.save(new DataOutputStream(bytes));
    LayerAccumulator copy = accumulator(MOMENTUM, choices);
    copy.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    return copy;
  }
}
