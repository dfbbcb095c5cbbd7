package org.sgsars.source.train;

import java.util.SplittableRandom;
import org.sgsars.random.RandomStream;

/**
 * Which images an iteration sees: every epoch all of them in a new random order, but for a rest
 * that fills no batch. The same seed gives the same order.
 */
final class BatchOrder {
  private final int[] order;
  private final int batch;
  private final RandomStream epochs;
  private long epoch = -1;

  /**
   * @param images at least {@code batch}
   */
  BatchOrder(int images, int batch, long seed) {
    this.order = new int[images];
    this.batch = batch;
    this.epochs = RandomStream.of(seed, "batches");
  }

  long iterationsPerEpoch() {
    return order.length / batch;
  }

  /** Indices of an iteration's images. */
  int[] batch(long iteration) {
    long wanted = iteration / iterationsPerEpoch();
    if (wanted != epoch) {
      shuffle(wanted);
      epoch = wanted;
    }
    int from = (int) (iteration % iterationsPerEpoch()) * batch;
    return java.util.Arrays.copyOfRange(order, from, from + batch);
  }

  private void shuffle(long ofEpoch) {
    java.util.Arrays.setAll(order, i -> i);
    SplittableRandom random = epochs.child(ofEpoch).generator();
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int image = order[i];
      order[i] = order[other];
      order[other] = image;
    }
  }
}
