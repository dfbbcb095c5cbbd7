package org.sgsars.model;

import java.util.List;
import java.util.Optional;

/**
 * Builds a run's plan value by value. What is not given is that of a small run: named as itself,
 * with seed 1, replayed in float32 under SGD (momentum 0.9, learning rate 0.1, no weight decay), in
 * which wear is reported once, at the end.
 */
public final class RunPlanBuilder {
  private final String run;
  private final long iterations;
  private RunPlan.Origin origin;
  private long seed = 1;
  private OptimizerSettings optimizer = new OptimizerSettings(0.9f, 0.1f, 0);
  private GradientFormat format = GradientFormat.F32;
  private RunPlan.IterationTime time = RunPlan.IterationTime.UNKNOWN;
  private Optional<TrainingPlan> training = Optional.empty();
  private List<LayerShape> layers = List.of();
  private List<PolicyChoice> sparsifiers = List.of();
  private List<ScenarioPlan> scenarios = List.of();
  private List<Sweep> sweeps = List.of();
  private RunPlan.ReportPlan reports;

  /**
   * @param iterations at least 1
   */
  public RunPlanBuilder(String run, long iterations) {
    this.run = run;
    this.iterations = iterations;
    this.origin = new RunPlan.Origin(run, 0, "by hand", "", List.of());
    this.reports = new RunPlan.ReportPlan(iterations, false);
  }

  public RunPlanBuilder origin(RunPlan.Origin of) {
    origin = of;
    return this;
  }

  public RunPlanBuilder seed(long of) {
    seed = of;
    return this;
  }

  public RunPlanBuilder optimizer(OptimizerSettings of) {
    optimizer = of;
    return this;
  }

  /** What gradients are on the wire. */
  public RunPlanBuilder format(GradientFormat of) {
    format = of;
    return this;
  }

  public RunPlanBuilder time(RunPlan.IterationTime of) {
    time = of;
    return this;
  }

  public RunPlanBuilder training(TrainingPlan of) {
    training = Optional.of(of);
    return this;
  }

  public RunPlanBuilder layers(List<LayerShape> of) {
    layers = of;
    return this;
  }

  public RunPlanBuilder layers(LayerShape... of) {
    return layers(List.of(of));
  }

  /** The distinct sparsifiers, which scenarios name by their index. */
  public RunPlanBuilder sparsifiers(List<PolicyChoice> of) {
    sparsifiers = of;
    return this;
  }

  public RunPlanBuilder sparsifiers(PolicyChoice... of) {
    return sparsifiers(List.of(of));
  }

  public RunPlanBuilder scenarios(List<ScenarioPlan> of) {
    scenarios = of;
    return this;
  }

  public RunPlanBuilder scenarios(ScenarioPlan... of) {
    return scenarios(List.of(of));
  }

  /** Which scenarios differ in some settings only. */
  public RunPlanBuilder sweeps(Sweep... of) {
    sweeps = List.of(of);
    return this;
  }

  /**
   * @param wearInterval iterations between two reports, at least 1
   * @param selections whether they carry the selected rows
   */
  public RunPlanBuilder reports(long wearInterval, boolean selections) {
    reports = new RunPlan.ReportPlan(wearInterval, selections);
    return this;
  }

  /**
   * @throws IllegalArgumentException if the run's name is not allowed, or its training is not of
   *     its scenarios
   */
  public RunPlan build() {
    return new RunPlan(
        run,
        origin,
        iterations,
        seed,
        new RunPlan.GradientPlan(optimizer, format, time, training),
        layers,
        new RunPlan.Comparison(sparsifiers, scenarios, sweeps),
        reports);
  }
}
