package org.sgsars.sparsifier;

import java.util.Map;
import org.sgsars.model.Settings;

final class TopKSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy policy() {
    return new TopKSparsifier();
  }

  @Override
  Settings settings() {
    return Settings.of(Map.of("ratio", 0.05));
  }
}
