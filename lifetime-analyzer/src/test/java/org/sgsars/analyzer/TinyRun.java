package org.sgsars.analyzer;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.AccuracyPoint;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.LifetimeReport.Losses;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LearningRateStep;
import org.sgsars.model.Momentum;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.policy.Policies;

/**
 * A run of ten iterations, two scenarios and one layer of 3 x 2 cells in crossbars of four rows;
 * the second scenario trains, on cells that fail.
 */
public final class TinyRun {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final PolicyChoice DEVICE = ConstantDevice.of(7.0);

  public static final RunPlan PLAN =
      new RunPlanBuilder("run-1", 10)
          .origin(
              new RunPlan.Origin(
                  "tiny",
                  1_700_000_000_000L,
                  "by hand",
                  "name: tiny # </pre><script>alert(1)</script>\n",
                  List.of("a layer <script>alert(1)</script> was left out")))
          .seed(7)
          .optimizer(
              new OptimizerSettings(
                  new Momentum(0.9f), 0.05f, 0, List.of(new LearningRateStep(8, 0.01f))))
          .format(GradientFormat.BF16)
          .time(new RunPlan.IterationTime(OptionalLong.of(2), OptionalDouble.of(864)))
          .training(new TrainingPlan(List.of(1), 10))
          .layers(
              MappedNetwork.layersOf(
                  List.of(
                      new ParameterShape("fc.weight", List.of(2, 2)),
                      new ParameterShape("fc.bias", List.of(2)))))
          .sparsifiers(
              new PolicyChoice("sgs", Map.of("rows", 1L)),
              new PolicyChoice("top-k", Map.of("ratio", 0.2)))
          .scenarios(
              new ScenarioPlan("rows, \"quoted\" <b>", 0, List.of(NONE), 4),
              new ScenarioPlan("cells", 1, List.of(NONE), 4).on(DEVICE))
          .reports(5, true)
          .build();

  /** Wear of the first scenario, whose rows have these writes. */
  public static WearPart rows(long iterations, long... writes) {
    return new WearPart(
        0,
        0,
        iterations,
        new WearPart.Place(0, 1, 0),
        new WearPart.RowCounts(writes, null, new int[] {1, 0, 2, 3}, new int[0]),
        new WearPart.Totals(Arrays.stream(writes).max().orElseThrow(), 2 * iterations, 4, 0, 0, 0),
        WearPart.DeviceChanges.NONE,
        Collections.nCopies(5, new int[] {1}));
  }

  /** Wear of the second scenario, of which one cell is written in every iteration. */
  public static WearPart cells(long iterations) {
    return new WearPart(
        1,
        0,
        iterations,
        new WearPart.Place(0, 1, 0),
        new WearPart.RowCounts(
            new long[] {iterations, 0, 0, 0},
            new long[] {iterations, 1, 0, 0, 0, 0, 0, 0},
            new int[] {0, 1, 2, 3},
            iterations > 7 ? new int[] {1, 0, 0, 0} : new int[0]),
        new WearPart.Totals(iterations, iterations + 1, 0, iterations, 2, 0),
        new WearPart.DeviceChanges(failed(iterations), failed(iterations)),
        Collections.nCopies(5, new int[] {0, 1}));
  }

  /** The cell that every iteration writes survives seven writes. */
  private static WearPart.Changes failed(long iterations) {
    return iterations > 7
        ? new WearPart.Changes(new long[] {7}, new long[] {1})
        : WearPart.Changes.NONE;
  }

  /** What is reported once all wear is in. */
  public static LifetimeReport complete() {
    RunWear wear = new RunWear(PLAN, Policies.onClassPath());
    wear.add(rows(5, 3, 3, 1, 0), 1_700_000_001_000L);
    wear.add(cells(5), 1_700_000_001_000L);
    wear.add(rows(10, 6, 5, 1, 0), 1_700_000_002_000L);
    wear.add(cells(10), 1_700_000_002_000L);
    // Sent again after a restart: changes nothing.
    wear.add(rows(5, 9, 9, 9, 9), 1_700_000_002_000L);
    wear.add(1, new AccuracyPoint(0, 40, 4, 2.5), 1_700_000_001_000L);
    wear.add(1, new AccuracyPoint(10, 40, 30, Double.POSITIVE_INFINITY), 1_700_000_002_000L);
    return wear.report();
  }

  /** The same, but with another first loss of network and layer. */
  public static LifetimeReport losing(Optional<FirstLoss> loss) {
    LifetimeReport run = complete();
    ScenarioLifetime cells = run.scenarios().get(1);
    List<LayerLifetime> layers =
        cells.layers().stream()
            .map(
                layer ->
                    new LayerLifetime(
                        layer.shape(),
                        layer.physicalRows(),
                        layer.iterations(),
                        layer.wear(),
                        layer.rows(),
                        new LayerLifetime.DeviceRows(
                            layer.onDevice().map(device -> losing(device, loss)),
                            layer.rowEndurance(),
                            layer.rowFailures(),
                            layer.failedCells(),
                            layer.lostWeights(),
                            layer.retirement()),
                        layer.selectedRows(),
                        layer.past()))
            .toList();
    return new LifetimeReport(
        run.plan(),
        run.finishedAtMs(),
        run.iterations(),
        run.complete(),
        run.warnings(),
        run.findings(),
        List.of(
            run.scenarios().get(0),
            new ScenarioLifetime(
                cells.label(),
                cells.arrays(),
                cells.wear(),
                cells.levelling(),
                cells.onDevice().map(device -> losing(device, loss)),
                cells.accuracy(),
                layers)),
        run.timeline());
  }

  private static DeviceLifetime losing(DeviceLifetime device, Optional<FirstLoss> loss) {
    return new DeviceLifetime(
        device.cells(),
        device.stuckCells(),
        device.failedCells(),
        new Losses(device.lostWeights(), loss),
        device.failures(),
        device.updates(),
        device.levelling(),
        device.lostWrites());
  }

  private TinyRun() {}
}
