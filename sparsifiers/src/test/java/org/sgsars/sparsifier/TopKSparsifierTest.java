package org.sgsars.sparsifier;

import java.util.Map;

final class TopKSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy<?> policy() {
    return new TopKSparsifier();
  }

  @Override
  Map<String, ?> settings() {
    return Map.of("ratio", 0.05);
  }
}
