package org.sgsars.sparsifier;

import org.sgsars.model.Settings;

final class DenseSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy policy() {
    return new DenseSparsifier();
  }

  @Override
  Settings settings() {
    return Settings.NONE;
  }
}
