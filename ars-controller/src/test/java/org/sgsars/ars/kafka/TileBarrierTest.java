package org.sgsars.ars.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.leveller.LayerTiles;
import org.sgsars.leveller.RowArray;
import org.sgsars.leveller.TileState;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.wire.TileWear;

/** A layer of two crossbars and one of one, which meet every 100 iterations. */
final class TileBarrierTest {
  private static final ScenarioPlan SCENARIO =
      new ScenarioPlan(
          "s",
          0,
          List.of(
              new PolicyChoice(
                  "cross-layer",
                  Map.of("interval", 100L, "gap", 1L, "relativeGap", 0.0, "shareColumns", true))),
          4);
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 1000)
          .layers(new LayerShape("a", 8, 4), new LayerShape("b", 4, 4))
          .sparsifiers(new PolicyChoice("given", Map.of()))
          .scenarios(SCENARIO)
          .build();
  private static final TileRules RULES =
      new TileRules(
          PLAN,
          SCENARIO,
          LayerTiles.of(SCENARIO, PLAN.layers(), 0, new RowArray(8, 8)).orElseThrow());

  private final TileBarrier barrier = new TileBarrier();

  private void add(int layer, int tile, long iteration) throws Exception {
    barrier.add(
        new TileWear(
            "r", 0, layer, iteration, tile, 0, 0, 1, 0L, List.of(1L, 1L, 1L, 1L), List.of(), 0));
  }

  private void addAll(long iteration) throws Exception {
    add(1, 0, iteration);
    add(0, 1, iteration);
    add(0, 0, iteration);
  }

  private boolean isComplete(long iteration) {
    return barrier.all("r", 0, iteration, 3).isPresent();
  }

  @Test
  void all_tilesMissing_isNothingYet() throws Exception {
    barrier.join("r", 0, 0, 0, RULES);
    add(1, 0, 100);
    add(0, 1, 100);
    assertThat(isComplete(100)).isFalse();
    add(0, 0, 100);

    // However they come, they stand in the order of layers and numbers.
    assertThat(barrier.all("r", 0, 100, 3).orElseThrow())
        .extracting(TileState::layer, TileState::tile)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0, 0),
            org.assertj.core.groups.Tuple.tuple(0, 1),
            org.assertj.core.groups.Tuple.tuple(1, 0));
  }

  @Test
  void add_roundThatALayerHereStillNeeds_isKept() throws Exception {
    barrier.join("r", 0, 0, 0, RULES);
    barrier.join("r", 0, 1, 101, RULES);
    addAll(100);
    addAll(200);
    assertThat(isComplete(100)).isTrue();

    barrier.join("r", 0, 0, 101, RULES);

    assertThat(isComplete(100)).isFalse();
    assertThat(isComplete(200)).isTrue();
  }

  @Test
  void leave_lastLayerHere_keepsNothing() throws Exception {
    barrier.join("r", 0, 0, 0, RULES);
    addAll(100);

    barrier.leave("r", 0, 0);

    assertThat(isComplete(100)).isFalse();
  }

  /** An instance that was killed before its first save begins where the others no longer are. */
  @Test
  void join_roundCameBeforeTheLayer_isToComeAgain() throws Exception {
    addAll(100);

    barrier.join("r", 0, 0, 0, RULES);

    assertThat(barrier.pollRewind()).isTrue();
    addAll(100);
    assertThat(isComplete(100)).isTrue();
  }
}
