package org.sgsars.sparsifier;

import org.sgsars.model.Settings;

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
