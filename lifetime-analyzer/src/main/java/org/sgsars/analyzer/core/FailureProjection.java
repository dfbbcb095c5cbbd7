package org.sgsars.analyzer.core;

import java.util.Optional;

/** When more cells will have failed. */
interface FailureProjection {
  /**
   * When so many more cells will have failed.
   *
   * @param failures at least 1
   * @return empty if they never will; low and high not numbers if there is no band
   */
  Optional<Projection.Band> after(long failures);

  /**
   * The same by seed, {@link Projection#SEEDS} of them.
   *
   * @param failures at least 1
   * @return infinite if they never will
   */
  double[] bySeed(long failures);
}
