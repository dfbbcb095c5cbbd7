package org.sgsars.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One layer's values in one iteration, as they go over the wire.
 *
 * @param weights little-endian float32, {@code columns} runs of {@code inputs} values, from its
 *     position to its limit
 * @param biases little-endian float32, {@code columns} values; empty where the layer has no bias
 */
public record LayerTensor(ByteBuffer weights, ByteBuffer biases) {
  public LayerTensor {
    weights = weights.slice().order(ByteOrder.LITTLE_ENDIAN);
    biases = biases.slice().order(ByteOrder.LITTLE_ENDIAN);
  }
}
