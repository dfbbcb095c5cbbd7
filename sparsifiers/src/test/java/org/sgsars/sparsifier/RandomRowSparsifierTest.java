package org.sgsars.sparsifier;

import java.util.Map;

final class RandomRowSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy<?> policy() {
    return new RandomRowSparsifier();
  }

  @Override
  Map<String, ?> settings() {
    return Map.of();
  }
}
