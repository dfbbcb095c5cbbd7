package org.sgsars.analyzer;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.model.LayerExceptions;
import org.sgsars.model.LayerLoans;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;

/**
 * A run of 10 iterations whose layer gives up failed rows: five rows of two columns in crossbars of
 * four, so eight wordlines of two blocks, three more than there are rows; cells survive 7 writes.
 */
public final class RetiringRun {
  private RetiringRun() {}

  private static WearPart wear(long iterations, long[] writes, int[] map, int[] failures) {
    return new WearPart(
        0,
        0,
        iterations,
        new WearPart.Place(0, 1, 0),
        new WearPart.RowCounts(writes, null, map, failures),
        new WearPart.Totals(8, 60, 12, 0, 0, 0),
        WearPart.DeviceChanges.NONE,
        List.of());
  }

  /**
   * Up to iteration 4 all rows lie where they began. At the end row 0 lies in its second block; row
   * 1 has failed in both and fled to wordline 5.
   */
  public static LifetimeReport complete() {
    RunPlan plan =
        new RunPlanBuilder("r", 10)
            .layers(new LayerShape("fc", 5, 2))
            .sparsifiers(new PolicyChoice("none", Map.of()))
            .scenarios(
                new ScenarioPlan("s", 0, List.of(new PolicyChoice("retire", Map.of())), 4)
                    .on(ConstantDevice.of(7.0)))
            .build();
    RunWear run = new RunWear(plan, Policies.onClassPath());
    long[] early = {4, 4, 1, 1, 1, 0, 0, 0, /* The second block. */ 0, 0, 0, 0, 0, 0, 0, 0};
    run.add(wear(4, early, IntStream.range(0, 16).toArray(), new int[0]), 1);
    int[] map = {8, 5, 2, 3, 4, 1, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15};
    long[] late = {8, 8, 3, 3, 3, 1, 0, 0, /* The second block. */ 2, 8, 0, 0, 0, 0, 0, 0};
    int[] failures = {2, 2, 0, 0, 0, 0, 0, 0, /* The second block. */ 0, 2, 0, 0, 0, 0, 0, 0};
    run.add(wear(10, late, map, failures), 2);
    return run.report();
  }

  /**
   * A run of one iteration on cells that survive 10 writes, as ColumnLendingTest has it: in
   * crossbars of four a layer of one column keeps two of its four blocks, and what it lends are two
   * rows of a layer that fills its crossbar.
   */
  public static LifetimeReport lending() {
    RunPlan plan =
        new RunPlanBuilder("r", 1)
            .layers(new LayerShape("narrow", 2, 1), new LayerShape("wide", 4, 4))
            .sparsifiers(new PolicyChoice("none", Map.of()))
            .scenarios(
                new ScenarioPlan("s", 0, List.of(new PolicyChoice("retire", Map.of())), 4)
                    .on(ConstantDevice.of(10.0))
                    .with(LayerExceptions.NONE.with(new LayerLoans(List.of(0, 2), List.of(2, 1)))))
            .build();
    RunWear run = new RunWear(plan, Policies.onClassPath());
    run.add(once(0, 8), 1);
    run.add(once(1, 6), 1);
    return run.report();
  }

  /** A layer whose first row was written once, and that has so many of all blocks. */
  private static WearPart once(int layer, int rows) {
    long[] writes = new long[rows];
    writes[0] = 1;
    return new WearPart(
        0,
        layer,
        1,
        new WearPart.Place(0, 1, 0),
        new WearPart.RowCounts(writes, null, IntStream.range(0, rows).toArray(), new int[0]),
        new WearPart.Totals(1, 1, 0, 0, 0, 0),
        WearPart.DeviceChanges.NONE,
        List.of());
  }
}
