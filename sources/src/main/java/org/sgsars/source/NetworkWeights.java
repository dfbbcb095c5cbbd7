package org.sgsars.source;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.sgsars.model.LayerShape;

/** The weights of a network as they can be read from its crossbars, laid out as frameworks do. */
public final class NetworkWeights {
  private final List<LayerShape> layers;
  private final List<LayerTensor> tensors = new ArrayList<>();
  private final BitSet changed = new BitSet();

  /** Weights of 0. */
  public NetworkWeights(List<LayerShape> layers) {
    this.layers = layers;
    for (LayerShape layer : layers) {
      int weights = Math.multiplyExact(layer.inputs(), layer.columns());
      tensors.add(new LayerTensor(floats(weights), floats(layer.hasBias() ? layer.columns() : 0)));
    }
    changed.set(0, layers.size());
  }

  private static ByteBuffer floats(int count) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A weight, or a bias, which is the last row, is another now.
   *
   * @param row logical row
   */
  public void set(int layer, int row, int column, float value) {
    LayerShape shape = layers.get(layer);
    if (row < shape.inputs()) {
      tensors.get(layer).weights().putFloat(Float.BYTES * (column * shape.inputs() + row), value);
    } else {
      tensors.get(layer).biases().putFloat(Float.BYTES * column, value);
    }
    changed.set(layer);
  }

  /** The weights and biases of a layer. */
  public LayerTensor tensor(int layer) {
    return tensors.get(layer);
  }

  /** Whether a layer's weights are others than when this was asked last. */
  public boolean pollChanged(int layer) {
    boolean isChanged = changed.get(layer);
    changed.clear(layer);
    return isChanged;
  }

  /** Writes all weights. */
  public void save(DataOutput out) throws IOException {
    for (LayerTensor tensor : tensors) {
      out.write(bytes(tensor.weights()));
      out.write(bytes(tensor.biases()));
    }
  }

  /** Takes on what weights of the same layers have saved. */
  public void restore(DataInput in) throws IOException {
    for (LayerTensor tensor : tensors) {
      restore(tensor.weights(), in);
      restore(tensor.biases(), in);
    }
    changed.set(0, layers.size());
  }

  private static byte[] bytes(ByteBuffer values) {
    byte[] bytes = new byte[values.capacity()];
    values.get(0, bytes);
    return bytes;
  }

  private static void restore(ByteBuffer values, DataInput in) throws IOException {
    byte[] bytes = new byte[values.capacity()];
    in.readFully(bytes);
    values.put(0, bytes);
  }
}
