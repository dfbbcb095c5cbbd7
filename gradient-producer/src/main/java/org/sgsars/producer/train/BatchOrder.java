package org.sgsars.producer.train;

import java.util.SplittableRandom;

/**
 * Which images an iteration sees: every epoch all of them in a new random order, but for a rest
 * that fills no batch. The same seed gives the same order.
 */
final class BatchOrder {
  private static final long EPOCH = 0x9E37_79B9_7F4A_7C15L;

  private final int[] order;
  private final int batch;
  private final long seed;
  private long epoch = -1;

  /**
   * @param images at least {@code batch}
   */
  BatchOrder(int images, int batch, long seed) {
    this.order = new int[images];
    this.batch = batch;
    this.seed = seed;
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
    SplittableRandom random = new SplittableRandom(seed + EPOCH * (ofEpoch + 1));
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int image = order[i];
      order[i] = order[other];
      order[other] = image;
    }
  }
}
