package org.sgsars.leveller;

import org.sgsars.policy.BoundPolicy;

/**
 * A leveller's policy with the settings of one run.
 *
 * @param <S> the settings
 */
public record BoundLeveller<S extends Record>(LevellerPolicy<S> policy, S settings)
    implements BoundPolicy<S> {
  /** As {@link LevellerPolicy#create}. */
  public Leveller create(RowArray array, long seed) {
    return policy.create(array, settings, seed);
  }
}
