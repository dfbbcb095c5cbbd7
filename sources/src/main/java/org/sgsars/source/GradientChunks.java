package org.sgsars.source;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.sgsars.model.LayerShape;

/** Cuts a layer's tensor into records of whole outputs. */
public final class GradientChunks {
  private GradientChunks() {}

  /**
   * One record's share of a tensor.
   *
   * @param chunk its number, from 0
   * @param chunks of the tensor
   * @param firstOutput its first output
   * @param outputs its outputs
   * @param weights little-endian float32, a view of the tensor
   * @param biases little-endian float32, a view of the tensor; empty without bias
   */
  public record Chunk(
      int chunk, int chunks, int firstOutput, int outputs, ByteBuffer weights, ByteBuffer biases) {}

  /**
   * @param chunkValues most weights and biases in a chunk, but at least one output
   */
  public static List<Chunk> of(LayerShape layer, LayerTensor tensor, int chunkValues) {
    int perChunk = Math.min(layer.columns(), Math.max(1, chunkValues / layer.rows()));
    int chunks = (layer.columns() + perChunk - 1) / perChunk;
    List<Chunk> cut = new ArrayList<>(chunks);
    for (int chunk = 0; chunk < chunks; chunk++) {
      int first = chunk * perChunk;
      int outputs = Math.min(perChunk, layer.columns() - first);
      int run = 4 * layer.inputs();
      cut.add(
          new Chunk(
              chunk,
              chunks,
              first,
              outputs,
              tensor.weights().slice(first * run, outputs * run),
              layer.hasBias()
                  ? tensor.biases().slice(4 * first, 4 * outputs)
                  : tensor.biases().slice(0, 0)));
    }
    return cut;
  }
}
