package org.sgsars.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Optional;
import org.sgsars.model.Axis;
import org.sgsars.model.LayerMap;
import org.sgsars.model.LayerShape;
import org.sgsars.model.MatrixSizes;
import org.sgsars.model.ParameterShape;

/**
 * Brings a layer's parameters, laid out as frameworks do, into the columns of its matrix, and back.
 * Where the weight has its outputs first and no groups, that is how it lies already.
 */
public final class MatrixLayout {
  /** Values of a block of two axes that stay in the cache while they are turned. */
  private static final int BLOCK = 32;

  private final LayerShape layer;
  private final ParameterShape weight;
  private final int groups;
  private final int biases;

  /** Values of a column that stand one after the other. */
  private final int run;

  private final boolean isAsItLies;

  /** Says which values of the two tensors and of the matrix are one. */
  @FunctionalInterface
  private interface Places {
    void accept(int inTensor, int inMatrix);
  }

  /** The groups, then the axes of the weight, the first of which is one group's. */
  private final int[] sizes;

  /** How far apart two neighbours on an axis lie in the matrix, in values. */
  private final int[] strides;

  /**
   * @param layer with its parameters
   */
  public MatrixLayout(LayerShape layer) {
    this.layer = layer;
    this.weight = layer.weight().orElseThrow();
    LayerMap map = layer.map();
    Optional<ParameterShape> bias = layer.bias();
    this.groups = map.groups();
    this.biases = (int) MatrixSizes.of(weight, bias, map).biases();
    this.run = layer.inputs();
    int axes = weight.shape().size();
    this.sizes = new int[1 + axes];
    this.strides = new int[1 + axes];
    sizes[0] = groups;
    int rows = 1;
    int columns = 1;
    boolean inOrder = groups == 1;
    for (int axis = axes - 1; axis >= 0; axis--) {
      int size = axis == 0 ? weight.shape().get(0) / groups : weight.shape().get(axis);
      sizes[1 + axis] = size;
      if (map.axes().get(axis) == Axis.IN) {
        strides[1 + axis] = rows;
        rows *= size;
        inOrder &= columns == 1;
      } else {
        strides[1 + axis] = columns * run;
        columns *= size;
      }
    }
    strides[0] = rows + (bias.isPresent() ? 1 : 0);
    this.isAsItLies = inOrder;
  }

  /**
   * A layer's values as they go over the wire.
   *
   * @param weightValues little-endian float32, all of the weight
   * @param biasValues little-endian float32, all of the bias's tensor; empty without one
   */
  public LayerTensor toMatrix(ByteBuffer weightValues, ByteBuffer biasValues) {
    ByteBuffer ownBiases =
        biases == 0
            ? ByteBuffer.allocate(0)
            : biasValues
                .duplicate()
                .slice(
                    Float.BYTES * layer.map().biasFrom().orElse(0), Float.BYTES * groups * biases);
    boolean biasesLie = biases == 0 || (groups == 1 && biases == layer.columns());
    if (isAsItLies && biasesLie) {
      return new LayerTensor(weightValues, ownBiases);
    }
    ByteBuffer matrix = floats(Math.multiplyExact(run, layer.columns()));
    IntBuffer to = ints(matrix);
    IntBuffer from = ints(weightValues);
    forWeights((inTensor, inMatrix) -> to.put(inMatrix, from.get(inTensor)));
    ByteBuffer lastRow = floats(layer.hasBias() ? layer.columns() : 0);
    IntBuffer toBiases = layer.hasBias() ? ints(lastRow) : to;
    IntBuffer fromBiases = ints(ownBiases);
    forBiases((inTensor, inMatrix) -> toBiases.put(inMatrix, fromBiases.get(inTensor)));
    return new LayerTensor(matrix, lastRow);
  }

  /**
   * The parameters of which {@link #toMatrix} made a matrix: the weight, and the bias's tensor,
   * which is empty without one. What the layer has no share of is zero.
   */
  ByteBuffer[] toParameters(LayerTensor tensor) {
    ByteBuffer weightValues = floats(Math.toIntExact(weight.elements()));
    IntBuffer toWeight = ints(weightValues);
    IntBuffer matrix = ints(tensor.weights());
    forWeights((inTensor, inMatrix) -> toWeight.put(inTensor, matrix.get(inMatrix)));
    int count = Math.toIntExact(layer.bias().map(ParameterShape::elements).orElse(0L));
    ByteBuffer biasValues = floats(count);
    IntBuffer toBias = ints(biasValues);
    IntBuffer row = layer.hasBias() ? ints(tensor.biases()) : matrix;
    int first = layer.map().biasFrom().orElse(0);
    forBiases((inTensor, inMatrix) -> toBias.put(first + inTensor, row.get(inMatrix)));
    return new ByteBuffer[] {weightValues, biasValues};
  }

  private static IntBuffer ints(ByteBuffer values) {
    return values.slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
  }

  private static ByteBuffer floats(int count) {
    return ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private void forWeights(Places places) {
    int values = Math.toIntExact(weight.elements());
    int inner = sizes[sizes.length - 1] * sizes[sizes.length - 2];
    int[] index = new int[sizes.length - 2];
    for (int start = 0; start < values; start += inner) {
      int at = 0;
      for (int axis = 0; axis < index.length; axis++) {
        at += index[axis] * strides[axis];
      }
      forInner(start, at, places);
      for (int axis = index.length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--) {
        index[axis] = 0;
      }
    }
  }

  /** The two innermost axes, block by block: one of them may go through the matrix in leaps. */
  private void forInner(int start, int at, Places places) {
    int outerSize = sizes[sizes.length - 2];
    int innerSize = sizes[sizes.length - 1];
    int outerStride = strides[sizes.length - 2];
    int innerStride = strides[sizes.length - 1];
    for (int outer = 0; outer < outerSize; outer += BLOCK) {
      int outerEnd = Math.min(outerSize, outer + BLOCK);
      for (int inner = 0; inner < innerSize; inner += BLOCK) {
        int innerEnd = Math.min(innerSize, inner + BLOCK);
        for (int i = outer; i < outerEnd; i++) {
          for (int j = inner; j < innerEnd; j++) {
            places.accept(start + i * innerSize + j, at + i * outerStride + j * innerStride);
          }
        }
      }
    }
  }

  private void forBiases(Places places) {
    int apart = biases == 0 ? 0 : layer.columns() / biases;
    for (int group = 0; group < groups; group++) {
      for (int bias = 0; bias < biases; bias++) {
        int column = bias * apart;
        places.accept(
            group * biases + bias,
            layer.hasBias() ? column : column * run + (group + 1) * strides[0] - 1);
      }
    }
  }
}
