package org.sgsars.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RunNoticesTest {
  private static final PolicyChoice ARS =
      new PolicyChoice("ars", Map.of("interval", 1024L, "pairs", 1L));
  private static final PolicyChoice PACED = new PolicyChoice("paced", Map.of());

  private static RunPlan plan(long iterations, ScenarioPlan... scenarios) {
    return new RunPlanBuilder("r", iterations)
        .layers(new LayerShape("fc", 4, 2))
        .sparsifiers(new PolicyChoice("dense", Map.of()))
        .scenarios(scenarios)
        .reports(1, false)
        .build()
        .withNotices(List.of("a layer was left out"));
  }

  @Test
  void of_intervalLongerThanTheRun_namesScenarioLevellerAndBothNumbers() {
    ScenarioPlan scenario =
        new ScenarioPlan("sgs-ars", 0, List.of(ARS), 4).withLeastIterations(List.of(1024L));

    assertThat(RunNotices.of(plan(1023, scenario)))
        .containsExactly(
            "a layer was left out",
            "scenario sgs-ars: leveller {kind: ars, interval: 1024, pairs: 1} never acts: it needs a run of at least 1024 iterations, and this one has 1023");
    assertThat(RunNotices.of(plan(1024, scenario))).containsExactly("a layer was left out");
  }

  @Test
  void of_severalLevellers_saysItOfThoseThatNeverAct() {
    ScenarioPlan scenario =
        new ScenarioPlan("both", 0, List.of(PACED, ARS), 4).withLeastIterations(List.of(0L, 1024L));

    assertThat(RunNotices.of(plan(300, scenario)))
        .hasSize(2)
        .last()
        .asString()
        .startsWith("scenario both: leveller {kind: ars, interval: 1024, pairs: 1} never acts");
  }

  @Test
  void of_levellersThatDoNotSay_saysNothing() {
    assertThat(RunNotices.of(plan(1, new ScenarioPlan("s", 0, List.of(PACED), 4))))
        .containsExactly("a layer was left out");
  }

  @Test
  void scenario_leastIterationsOfOtherLevellers_isRefused() {
    ScenarioPlan scenario = new ScenarioPlan("s", 0, List.of(PACED, ARS), 4);

    assertThatThrownBy(() -> scenario.withLeastIterations(List.of(1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("scenario s has leastIterations of 1 levellers; allowed: of all 2, or of none");
  }

  @Test
  void isSameRun_otherNotices_isNot() {
    RunPlan plan = plan(1, new ScenarioPlan("s", 0, List.of(PACED), 4));

    assertThat(plan.isSameRun(plan.asAttempt(1))).isTrue();
    assertThat(plan.isSameRun(plan.withNotices(List.of()))).isFalse();
  }
}
