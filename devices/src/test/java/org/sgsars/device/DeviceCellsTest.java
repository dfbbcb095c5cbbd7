package org.sgsars.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerExceptions;
import org.sgsars.model.LayerSettings;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;

final class DeviceCellsTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());

  private static PolicyChoice constant(double writes) {
    return new PolicyChoice("constant", Map.of("writes", writes));
  }

  private static RunPlan plan(ScenarioPlan scenario) {
    return new RunPlanBuilder("r", 6)
        .layers(new LayerShape("conv", 20, 4), new LayerShape("fc", 6, 4))
        .sparsifiers(NONE)
        .scenarios(scenario)
        .build();
  }

  private static DeviceCells cells(ScenarioPlan scenario, int layer) {
    return DeviceCells.of(plan(scenario), scenario, layer, POLICIES).orElseThrow();
  }

  @Test
  void of_layersWithCrossbarsOfTheirOwn_eachHasItsOwn() {
    LayerSettings conv =
        new LayerSettings(
            "conv", false, List.of(NONE), List.of(), false, 8, 1, Optional.of(constant(3)));
    ScenarioPlan scenario =
        new ScenarioPlan("s", 0, List.of(NONE), 4)
            .on(constant(7))
            .with(new LayerExceptions(List.of(conv), List.of(0, -1)));

    assertThat(cells(scenario, 0).array())
        .isEqualTo(new ArrayShape(new LayerShape("conv", 20, 4), 8, 1));
    assertThat(cells(scenario, 1).array())
        .isEqualTo(new ArrayShape(new LayerShape("fc", 6, 4), 4, 0));
    assertThat(cells(scenario, 0).device().quantile(0.5)).isEqualTo(3);
    assertThat(cells(scenario, 1).device().quantile(0.5)).isEqualTo(7);
    assertThat(cells(scenario, 1).tileRow(1, 1).row()).isEqualTo(cells(scenario, 1).row(5));
  }

  /** 20 rows in crossbars of 4 are 5 of them. */
  @Test
  void of_crossLayer_crossbarsAreNumberedThroughAllLayers() {
    PolicyChoice crossLayer = new PolicyChoice("cross-layer", Map.of());
    ScenarioPlan scenario = new ScenarioPlan("s", 0, List.of(crossLayer), 4).on(constant(7));

    assertThat(cells(scenario, 0).firstTile()).isEqualTo(0);
    assertThat(cells(scenario, 1).firstTile()).isEqualTo(5);
    assertThat(cells(scenario, 0).tileRow(6, 1).row()).isEqualTo(cells(scenario, 1).row(5));
  }
}
