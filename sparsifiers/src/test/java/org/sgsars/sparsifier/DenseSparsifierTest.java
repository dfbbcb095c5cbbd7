package org.sgsars.sparsifier;

import java.util.Map;

final class DenseSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy<?> policy() {
    return new DenseSparsifier();
  }

  @Override
  Map<String, ?> settings() {
    return Map.of();
  }
}
