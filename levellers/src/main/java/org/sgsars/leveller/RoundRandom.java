package org.sgsars.leveller;

import java.util.SplittableRandom;
import org.sgsars.random.RandomStream;

/** Randomness of levellers: of the seed and the iteration alone, so there is nothing to save. */
final class RoundRandom {
  private RoundRandom() {}

  /**
   * @param iterationsDone the round
   */
  static SplittableRandom of(long seed, long iterationsDone) {
    return RandomStream.of(seed, "round").child(iterationsDone).generator();
  }
}
