package org.sgsars.ars.core;

import java.util.SplittableRandom;

/** Randomness of levellers: of the seed and the iteration alone, so there is nothing to save. */
final class RoundRandom {
  private RoundRandom() {}

  /**
   * @param iterationsDone the round
   */
  static SplittableRandom of(long seed, long iterationsDone) {
    return new SplittableRandom(seed ^ Long.rotateLeft(iterationsDone, 32));
  }
}
