package org.sgsars.leveller;

import org.sgsars.model.Settings;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** A kind of leveller that experiments can name. */
public interface LevellerPolicy extends Policy {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.LEVELLER;
  }

  /**
   * A leveller for one layer's array.
   *
   * @param array the array before its first write: every logical row lies in the physical row of
   *     the same index
   * @param settings checked, defaults filled in
   * @param seed of this layer in this run
   */
  Leveller create(RowArray array, Settings settings, long seed);
}
