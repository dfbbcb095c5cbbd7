package org.sgsars.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ScenarioPlanTest {
  private static final LayerShape NARROW = new LayerShape("narrow", 3, 2);

  private static PolicyChoice retire(long columnBlocks) {
    return new PolicyChoice("retire", Map.of("columnBlocks", columnBlocks));
  }

  /** Layer 0 borrows three rows and keeps two of its four blocks; layer 1 says what it has. */
  @Test
  void forLayer_loans_holdForLayersWithTheScenariosSettingsAlone() {
    LayerSettings own =
        new LayerSettings(
            "own", false, List.of(retire(3)), List.of(), false, 8, 1, Optional.empty());
    ScenarioPlan scenario =
        new ScenarioPlan("s", 0, List.of(retire(0)), 8)
            .with(
                new LayerExceptions(
                    List.of(own), List.of(-1, 0), new LayerLoans(List.of(3, 9), List.of(2, 1))));

    ArrayShape lent = scenario.forLayer(0).array(NARROW);
    assertThat(lent.rowsOfBlock()).isEqualTo(8 + 3);
    assertThat(lent.columnBlocks()).isEqualTo(2);
    ArrayShape ofItsOwn = scenario.forLayer(1).array(NARROW);
    assertThat(ofItsOwn.rowsOfBlock()).isEqualTo(8 + 1);
    assertThat(ofItsOwn.columnBlocks()).isEqualTo(3);
  }
}
