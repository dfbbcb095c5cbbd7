package org.sgsars.sgs.core;

import java.util.Map;
import org.sgsars.contract.model.Settings;

final class SgsSparsifierTest extends SparsifierContract {
  @Override
  SparsifierPolicy policy() {
    return new SgsSparsifier();
  }

  @Override
  Settings settings() {
    return Settings.of(Map.of("score", "sum", "rows", 2L, "byPosition", false, "smallRows", 128L));
  }
}
