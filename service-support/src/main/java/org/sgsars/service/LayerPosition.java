package org.sgsars.service;

/**
 * Where a record stands: whose it is, and its place in their order.
 *
 * @param run as records name it
 * @param stream index of the training, sparsifier or scenario that it belongs to
 * @param layer index of the layer
 * @param iteration from 0, or -1 for initial weights
 * @param step number of the record among the {@code steps} of its iteration, from 0
 * @param steps at least 1
 */
public record LayerPosition(
    String run, int stream, int layer, long iteration, int step, int steps) {
  LayerKey key() {
    return new LayerKey(run, stream, layer);
  }
}
