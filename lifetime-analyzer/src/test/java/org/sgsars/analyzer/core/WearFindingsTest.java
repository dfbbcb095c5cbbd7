package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;

/** A layer of three rows in crossbars of four; one row is written in each of the iterations. */
final class WearFindingsTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final PolicyChoice SWAP = new PolicyChoice("threshold-swap", Map.of("lead", 8L));
  private static final PolicyChoice PACED = new PolicyChoice("paced", Map.of());
  private static final PolicyChoice ARS = new PolicyChoice("ars", Map.of("interval", 1024L));
  private static final int[] AS_AT_FIRST = {0, 1, 2, 3};

  private static RunWear run(long iterations, ScenarioPlan... scenarios) {
    RunPlan plan =
        new RunPlanBuilder("r", iterations)
            .layers(new LayerShape("fc", 3, 2))
            .sparsifiers(NONE)
            .scenarios(scenarios)
            .reports(1, false)
            .build();
    return new RunWear(plan, Policies.onClassPath());
  }

  private static ScenarioPlan scenario(PolicyChoice... levellers) {
    return new ScenarioPlan("s", 0, List.of(levellers), 4);
  }

  private static void add(
      RunWear wear, int scenario, long iterations, long levelling, int[] map, long... rowWrites) {
    long most = Arrays.stream(rowWrites).max().orElseThrow();
    wear.add(
        new WearPart(
            scenario,
            0,
            iterations,
            new WearPart.Place(0, 1, 0),
            new WearPart.RowCounts(rowWrites, null, map, new int[0]),
            new WearPart.Totals(most, 2 * iterations, levelling, 0, 0, 0),
            WearPart.DeviceChanges.NONE,
            List.of()),
        1);
  }

  private static List<String> findings(RunWear wear) {
    return wear.report().findings();
  }

  @Test
  void report_levellerThatMovedNothing_saysSoAtTheEndOnly() {
    RunWear wear = run(10, scenario(SWAP));

    add(wear, 0, 5, 0, AS_AT_FIRST, 5, 0, 0, 0);
    assertThat(findings(wear)).isEmpty();
    add(wear, 0, 10, 0, AS_AT_FIRST, 7, 3, 0, 0);

    assertThat(findings(wear))
        .containsExactly(
            "scenario s: leveller {kind: threshold-swap, lead: 8} never acted: no row was moved in 10 iterations");
    assertThat(wear.report().notices()).isEqualTo(findings(wear));
  }

  @Test
  void report_levellingThatWrote_saysNothing() {
    RunWear wear = run(10, scenario(SWAP));

    // Two rows changed places, and did so again: all lie where they lay at first.
    add(wear, 0, 10, 8, AS_AT_FIRST, 9, 5, 0, 0);

    assertThat(findings(wear)).isEmpty();
  }

  @Test
  void report_rowsMovedAtNoCost_saysNothing() {
    RunWear moved = run(10, scenario(PACED));
    RunWear movedBack = run(10, scenario(PACED));

    add(moved, 0, 10, 0, new int[] {3, 1, 2, 0}, 5, 0, 0, 5);
    // Row 3 holds no weights, so only a row that lay there for a while was written in it.
    add(movedBack, 0, 10, 0, AS_AT_FIRST, 5, 0, 0, 5);

    assertThat(findings(moved)).isEmpty();
    assertThat(findings(movedBack)).isEmpty();
  }

  @Test
  void report_noLeveller_saysNothing() {
    RunWear wear = run(10, scenario(NONE));

    add(wear, 0, 10, 0, AS_AT_FIRST, 10, 0, 0, 0);

    assertThat(findings(wear)).isEmpty();
  }

  @Test
  void report_levellerKnownToNeverAct_saysItOnce() {
    RunWear wear = run(10, scenario(ARS).withLeastIterations(List.of(1024L)));

    add(wear, 0, 10, 0, AS_AT_FIRST, 10, 0, 0, 0);

    assertThat(wear.report().notices())
        .containsExactly(
            "scenario s: leveller {kind: ars, interval: 1024} never acts: it needs a run of at least 1024 iterations, and this one has 10");
  }

  @Test
  void report_severalLevellers_saysItOfThoseThatCouldHaveActed() {
    RunWear wear = run(10, scenario(PACED, ARS, SWAP).withLeastIterations(List.of(0L, 1024L, 0L)));

    add(wear, 0, 10, 0, AS_AT_FIRST, 10, 0, 0, 0);

    assertThat(findings(wear))
        .containsExactly(
            "scenario s: levellers {kind: paced} and {kind: threshold-swap, lead: 8} never acted: no row was moved in 10 iterations");
  }

  /** One row per iteration over four: the bound is 4, which three iterations cannot show. */
  @Test
  void report_boundAboveTheIterations_saysWhichScenarios() {
    RunWear wear = run(3, scenario(NONE), new ScenarioPlan("wide", 0, List.of(NONE), 64));
    long[] ofWide = new long[64];
    ofWide[0] = 3;
    int[] map = new int[64];
    Arrays.setAll(map, row -> row);

    add(wear, 0, 3, 0, AS_AT_FIRST, 3, 0, 0, 0);
    add(wear, 1, 3, 0, map, ofWide);

    assertThat(findings(wear))
        .containsExactly(
            "3 iterations can show an extension of at most 3x, as the most worn cell has at least one write: no scheme can reach the bound of s (4.00x), wide (64.00x) in them; a longer run can come closer");
  }

  @Test
  void report_boundOfTheIterations_isWithinReach() {
    RunWear wear = run(4, scenario(NONE));

    // What a perfect levelling does.
    add(wear, 0, 4, 0, AS_AT_FIRST, 1, 1, 1, 1);

    assertThat(wear.report().scenarios().get(0).efficiency()).hasValue(1.0);
    assertThat(findings(wear)).isEmpty();
  }

  /** No layer has wordlines of its own that it would use up. */
  @Test
  void report_retireBesideCrossLayer_saysThatAFirstLossIsNotProjected() {
    RunWear wear =
        run(
            10,
            scenario(
                    new PolicyChoice("cross-layer", Map.of("interval", 5L, "gap", 4L)),
                    new PolicyChoice("retire", Map.of()))
                .on(new PolicyChoice("constant", Map.of("writes", 100.0))));

    add(wear, 0, 10, 8, AS_AT_FIRST, 5, 5, 0, 0);

    assertThat(findings(wear))
        .containsExactly(
            "scenario s: its first loss is not projected: rows are given up, and contents change crossbars");
    assertThat(wear.report().scenarios().get(0).onDevice().orElseThrow().firstLoss()).isEmpty();
  }

  @Test
  void report_runThatEndsEarly_judgesNothing() {
    RunWear wear = run(10, scenario(SWAP));

    add(wear, 0, 2, 0, AS_AT_FIRST, 2, 0, 0, 0);
    wear.abort("stopped after 2 of 10 iterations");

    assertThat(findings(wear)).isEmpty();
  }

  /** Cell by cell 10 writes by updates, 15 by levelling. */
  @Test
  void report_levellingWritesMoreThanUpdatesOfSingleCells_saysSo() {
    RunWear wear = run(10, scenario(SWAP));
    wear.add(
        new WearPart(
            0,
            0,
            10,
            new WearPart.Place(0, 1, 0),
            new WearPart.RowCounts(
                new long[] {9, 5, 0, 0},
                new long[] {9, 4, 5, 7, 0, 0, 0, 0},
                AS_AT_FIRST,
                new int[0]),
            new WearPart.Totals(9, 10, 15, 0, 0, 0),
            WearPart.DeviceChanges.NONE,
            List.of()),
        1);

    assertThat(findings(wear))
        .contains(
            "scenario s: levelling wrote 1.5 times as many cells as the updates: these write single cells, and moving a row writes all of them; a leveller that moves rows less often wears them less");
  }
}
