package org.sgsars.sparsifier;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;

/**
 * Reads a layer's gradients from the wire, as many outputs at a time as lie in one block, into an
 * array that is laid out like that block: a run of R values per output, its bias last.
 */
final class GradientReader {
  private final LayerShape layer;
  private final float[] values;

  /** Zeros for as long as every value was finite. */
  private final float[] zeros;

  private final short[] halves;

  GradientReader(LayerShape layer) {
    this.layer = layer;
    this.values = new float[ColumnBlocks.longest(layer)];
    this.zeros = new float[values.length];
    this.halves = new short[values.length];
  }

  /** What was read last; every read puts other values in their place. */
  float[] values() {
    return values;
  }

  /**
   * @param format of the values in both buffers
   * @param firstOutput the first to read, of those that the buffers hold
   * @param outputs how many
   * @param at index in {@link #values} of the first value
   */
  void read(
      GradientFormat format,
      ByteBuffer weights,
      ByteBuffer biases,
      int firstOutput,
      int outputs,
      int at) {
    if (format.rounds()) {
      readHalves(format, weights, biases, firstOutput, outputs, at);
    } else {
      readFloats(weights, biases, firstOutput, outputs, at);
    }
    // A value that is not finite makes NaN of this for good. Looking at each takes longer than all
    // the rest.
    markNonFinite(zeros, values, at, at + outputs * layer.rows());
  }

  private void readFloats(
      ByteBuffer weights, ByteBuffer biases, int firstOutput, int outputs, int at) {
    int inputs = layer.inputs();
    FloatBuffer runs = floats(weights).position(firstOutput * inputs);
    if (!layer.hasBias()) {
      runs.get(values, at, outputs * inputs);
      return;
    }
    FloatBuffer last = floats(biases).position(firstOutput);
    for (int output = 0; output < outputs; output++) {
      int run = at + output * layer.rows();
      runs.get(values, run, inputs);
      values[run + inputs] = last.get();
    }
  }

  private void readHalves(
      GradientFormat format,
      ByteBuffer weights,
      ByteBuffer biases,
      int firstOutput,
      int outputs,
      int at) {
    int inputs = layer.inputs();
    ShortBuffer runs = shorts(weights).position(firstOutput * inputs);
    ShortBuffer last = layer.hasBias() ? shorts(biases).position(firstOutput) : shorts(biases);
    int count = outputs * layer.rows();
    for (int run = 0; run < count; run += layer.rows()) {
      runs.get(halves, run, inputs);
      if (layer.hasBias()) {
        halves[run + inputs] = last.get();
      }
    }
    format.toFloats(halves, count, values, at);
  }

  private static FloatBuffer floats(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private static ShortBuffer shorts(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
  }

  private static void markNonFinite(float[] zeros, float[] values, int from, int end) {
    for (int i = from; i < end; i++) {
      zeros[i] += 0 * values[i];
    }
  }

  /**
   * Looks for what is not finite among all that was read.
   *
   * @param outputs that the buffers hold
   * @param firstColumn their first one's number in the layer
   * @throws IllegalArgumentException naming the first such value and its place
   */
  void requireFinite(
      GradientFormat format, ByteBuffer weights, ByteBuffer biases, int outputs, int firstColumn) {
    int bits = 0;
    for (float zero : zeros) {
      bits |= Float.floatToRawIntBits(zero);
    }
    // All but the sign: a zero may be negative.
    boolean finite = bits << 1 == 0;
    for (int output = 0; output < outputs && !finite; output++) {
      read(format, weights, biases, output, 1, 0);
      for (int row = 0; row < layer.rows(); row++) {
        if (!Float.isFinite(values[row])) {
          throw new IllegalArgumentException(
              "value %s at row %d, column %d is not finite"
                  .formatted(values[row], row, firstColumn + output));
        }
      }
    }
  }
}
