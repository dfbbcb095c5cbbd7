package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;

final class ScenarioSettingsTest {
  private static Map<String, String> settings(ScenarioPlan scenario, Policies policies) {
    RunPlan plan =
        new RunPlanBuilder("r", 10)
            .layers(new LayerShape("fc", 4, 2))
            .sparsifiers(new PolicyChoice("sgs", Map.of("rows", 1L, "score", "mean")))
            .scenarios(scenario)
            .build();
    return ScenarioSettings.of(plan, scenario, policies);
  }

  private static final PolicyChoice PACED =
      new PolicyChoice("paced", Map.of("budget", 0.09, "gap", 3L));

  /** One row is the default of sgs, and 0.09 that of the budget; the score's is the largest. */
  @Test
  void of_policiesThatAreKnown_leavesDefaultsOut() {
    assertThat(settings(new ScenarioPlan("s", 0, List.of(PACED), 64), Policies.onClassPath()))
        .containsExactly(
            Map.entry("sparsifier", "sgs"),
            Map.entry("sparsifier.score", "mean"),
            Map.entry("leveller", "paced"),
            Map.entry("leveller.gap", "3"),
            Map.entry("crossbar.size", "64"));
  }

  @Test
  void of_severalLevellers_saysWhoseASettingIs() {
    PolicyChoice retire = new PolicyChoice("retire", Map.of("columnBlocks", 4L, "share", true));

    assertThat(
            settings(new ScenarioPlan("s", 0, List.of(PACED, retire), 64), Policies.onClassPath()))
        .containsEntry("leveller", "paced + retire")
        .containsEntry("leveller.paced.gap", "3")
        .containsEntry("leveller.retire.columnBlocks", "4")
        .doesNotContainKey("leveller.retire.share");
  }

  @Test
  void of_aPolicyThatIsNotHere_hasAllItsSettings() {
    assertThat(settings(new ScenarioPlan("s", 0, List.of(PACED), 64), new Policies(List.of())))
        .containsEntry("leveller.budget", "0.09")
        .containsEntry("sparsifier.rows", "1");
  }

  @Test
  void common_sameValueInAll_isCommon() {
    Map<String, String> ars = Map.of("sparsifier", "sgs", "leveller", "ars", "leveller.gap", "2");
    Map<String, String> paced = Map.of("sparsifier", "sgs", "leveller", "paced");

    assertThat(ScenarioSettings.common(List.of(ars, paced)))
        .containsExactly(Map.entry("sparsifier", "sgs"));
  }

  @Test
  void common_oneScenario_isNothing() {
    assertThat(ScenarioSettings.common(List.of(Map.of("sparsifier", "sgs")))).isEmpty();
  }

  @Test
  void text_settings_saysTheFamilyByItsKind() {
    Map<String, String> settings =
        new java.util.TreeMap<>(
            Map.of("crossbar.size", "64", "leveller", "ars", "leveller.interval", "16"));

    assertThat(ScenarioSettings.text(settings, Map.of()))
        .isEqualTo("crossbar size 64, leveller ars, interval 16");
    assertThat(ScenarioSettings.text(settings, Map.of("crossbar.size", "64", "leveller", "ars")))
        .isEqualTo("interval 16");
  }
}
