package org.sgsars.sgs.core;

import org.sgsars.contract.model.Settings;

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
