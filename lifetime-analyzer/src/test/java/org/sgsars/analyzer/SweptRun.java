package org.sgsars.analyzer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Sweep;
import org.sgsars.policy.Policies;

/**
 * A run of 100 iterations on one layer of 4 x 2 cells: a scenario by itself, and sweeps behind it.
 */
public final class SweptRun {
  private static final int ITERATIONS = 100;

  private SweptRun() {}

  /**
   * The report of a run whose scenarios have these most worn cells and this overhead.
   *
   * @param most writes, first those of the plain scenario, then of each sweep's in their order
   * @param levelling cell writes by levelling, beside 200 by updates
   */
  public static LifetimeReport of(List<Sweep> sweeps, long[] most, long[] levelling) {
    PolicyChoice none = new PolicyChoice("none", Map.of());
    List<ScenarioPlan> scenarios = new ArrayList<>();
    scenarios.add(new ScenarioPlan("plain", 0, List.of(none), 4));
    for (Sweep sweep : sweeps) {
      for (int i = 0; i < sweep.count(); i++) {
        String values =
            String.join(
                "-",
                sweep.valuesOf(sweep.firstScenario() + i).stream().map(String::valueOf).toList());
        scenarios.add(new ScenarioPlan(sweep.name() + "-" + values, 0, List.of(none), 4));
      }
    }
    RunPlan plan =
        new RunPlanBuilder("swept", ITERATIONS)
            .layers(new LayerShape("fc", 4, 2))
            .sparsifiers(new PolicyChoice("sgs", Map.of("rows", 1L)))
            .scenarios(scenarios)
            .sweeps(sweeps.toArray(new Sweep[0]))
            .build();
    RunWear wear = new RunWear(plan, Policies.onClassPath());
    for (int i = 0; i < scenarios.size(); i++) {
      wear.add(part(i, most[i], levelling[i]), 1_700_000_000_000L);
    }
    return wear.report();
  }

  private static WearPart part(int scenario, long most, long levelling) {
    return new WearPart(
        scenario,
        0,
        ITERATIONS,
        new WearPart.Place(0, 1, 0),
        new WearPart.RowCounts(
            new long[] {most, 0, 0, 0}, null, new int[] {0, 1, 2, 3}, new int[0]),
        new WearPart.Totals(most, 200, levelling, 100, 0, 0),
        WearPart.DeviceChanges.NONE,
        List.of());
  }

  /** A sweep over one setting. */
  public static Sweep over(String name, int firstScenario, String setting, Object... values) {
    return new Sweep(name, firstScenario, List.of(new Sweep.Range(setting, List.of(values))));
  }
}
