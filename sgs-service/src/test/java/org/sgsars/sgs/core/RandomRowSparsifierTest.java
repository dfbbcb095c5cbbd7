package org.sgsars.sgs.core;

import org.sgsars.contract.model.Settings;

final class RandomRowSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy policy() {
    return new RandomRowSparsifier();
  }

  @Override
  Settings settings() {
    return Settings.NONE;
  }
}
