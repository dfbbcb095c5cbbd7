package org.sgsars.leveller;

import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/**
 * A kind of leveller that experiments can name.
 *
 * @param <S> its settings
 */
public interface LevellerPolicy<S extends Record> extends Policy<S> {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.LEVELLER;
  }

  @Override
  default BoundLeveller<S> bind(PolicyChoice choice) {
    return new BoundLeveller<>(this, SettingsType.bind(this, choice));
  }

  /**
   * A leveller for one layer's array.
   *
   * @param array the array before its first write: every logical row lies in the physical row of
   *     the same index
   * @param seed of this layer in this run
   */
  Leveller create(RowArray array, S settings, long seed);
}
