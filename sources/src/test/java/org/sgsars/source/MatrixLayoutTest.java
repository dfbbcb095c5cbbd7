package org.sgsars.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.model.LayerMap;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/** Values are told apart by their numbers; where each belongs is worked out by hand. */
final class MatrixLayoutTest {
  private static ByteBuffer floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  private static List<Float> values(ByteBuffer bytes) {
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < bytes.remaining(); i += Float.BYTES) {
      values.add(bytes.order(ByteOrder.LITTLE_ENDIAN).getFloat(i));
    }
    return values;
  }

  private static LayerShape layer(LayerMap map, List<Integer> weight, List<Integer> bias) {
    return LayerShape.of(
        "a",
        new ParameterShape("a.weight", weight),
        bias.isEmpty() ? Optional.empty() : Optional.of(new ParameterShape("a.bias", bias)),
        map);
  }

  @Test
  void toMatrix_outputsFirst_isAsItLies() {
    MatrixLayout layout =
        new MatrixLayout(layer(LayerMap.outIn("Linear", 2), List.of(2, 3), List.of(2)));

    LayerTensor tensor = layout.toMatrix(floats(1, 2, 3, 4, 5, 6), floats(7, 8));

    assertThat(values(tensor.weights())).containsExactly(1f, 2f, 3f, 4f, 5f, 6f);
    assertThat(values(tensor.biases())).containsExactly(7f, 8f);
  }

  @Test
  void toMatrix_inputsFirst_isTurned() {
    MatrixLayout layout =
        new MatrixLayout(layer(LayerMap.inOut("Conv1D", 2), List.of(2, 3), List.of(3)));

    LayerTensor tensor = layout.toMatrix(floats(1, 2, 3, 4, 5, 6), floats(7, 8, 9));

    // Output by output: its two inputs.
    assertThat(values(tensor.weights())).containsExactly(1f, 4f, 2f, 5f, 3f, 6f);
    assertThat(values(tensor.biases())).containsExactly(7f, 8f, 9f);
  }

  @Test
  void toMatrix_transposedConvolution_hasItsBiasAtTheFirstTap() {
    // Two inputs, two channels of two taps each.
    MatrixLayout layout =
        new MatrixLayout(layer(LayerMap.inOut("ConvTranspose1d", 3), List.of(2, 2, 2), List.of(2)));

    LayerTensor tensor = layout.toMatrix(floats(1, 2, 3, 4, 5, 6, 7, 8), floats(9, 10));

    assertThat(values(tensor.weights())).containsExactly(1f, 5f, 2f, 6f, 3f, 7f, 4f, 8f);
    assertThat(values(tensor.biases())).containsExactly(9f, 0f, 10f, 0f);
  }

  @Test
  void toMatrix_groups_haveTheirRowsAndTheirBiasTogether() {
    // Two groups of two inputs, each with two outputs.
    MatrixLayout layout =
        new MatrixLayout(
            layer(LayerMap.outIn("Conv1d", 3).inGroups(2), List.of(4, 2, 1), List.of(4)));

    LayerTensor tensor = layout.toMatrix(floats(1, 2, 3, 4, 5, 6, 7, 8), floats(11, 12, 13, 14));

    // First column: the first output of both groups; 3 rows for each.
    assertThat(values(tensor.weights()))
        .containsExactly(1f, 2f, 11f, 5f, 6f, 13f, 3f, 4f, 12f, 7f, 8f, 14f);
    assertThat(values(tensor.biases())).isEmpty();
  }

  @Test
  void toMatrix_biasThatLayersShare_isTheLayersOwnPart() {
    MatrixLayout layout =
        new MatrixLayout(
            layer(LayerMap.outIn("MultiheadAttention", 2).biasFrom(2), List.of(2, 1), List.of(6)));

    LayerTensor tensor = layout.toMatrix(floats(1, 2), floats(10, 11, 12, 13, 14, 15));

    assertThat(values(tensor.biases())).containsExactly(12f, 13f);
  }

  @ParameterizedTest(name = "{0} in {1} groups, bias {2}")
  @CsvSource({
    "out-in, 1, 6",
    "in-out, 1, 70",
    "in-out-out, 1, 70",
    "out-in, 3, 6",
    "in-out, 3, 210",
    "out-in-out, 1, 6",
    "in-in-out, 1, 3",
    "in-out, 2, 0"
  })
  void toParameters_ofTheMatrix_areTheParameters(String axes, int groups, int bias) {
    List<Integer> shape = List.of(6, 70, 3);
    LayerMap map = new LayerMap("", LayerMap.axes(axes, 3), groups, java.util.OptionalInt.empty());
    MatrixLayout layout =
        new MatrixLayout(layer(map, shape, bias == 0 ? List.of() : List.of(bias)));
    SplittableRandom random = new SplittableRandom(1);
    byte[] weight = new byte[4 * 6 * 70 * 3];
    byte[] biases = new byte[4 * bias];
    random.nextBytes(weight);
    random.nextBytes(biases);

    LayerTensor matrix = layout.toMatrix(ByteBuffer.wrap(weight), ByteBuffer.wrap(biases));
    ByteBuffer[] parameters = layout.toParameters(matrix);

    assertThat(parameters[0].array()).isEqualTo(weight);
    assertThat(parameters[1].array()).isEqualTo(biases);
  }
}
