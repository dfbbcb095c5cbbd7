package org.sgsars.standalone;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.ars.core.Leveller;
import org.sgsars.ars.core.LevellerStack;
import org.sgsars.ars.core.RowArray;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.model.ScenarioPlan;
import org.sgsars.contract.model.Selection;
import org.sgsars.contract.policy.Policies;
import org.sgsars.crossbar.core.CrossbarArray;
import org.sgsars.producer.PreparedBench;

/**
 * Levellers on given selections, without gradients and without a broker: the cores of
 * ars-controller, crossbar-sim and lifetime-analyzer, called one after the other. What they say is
 * what the pipeline would say of the same selections.
 */
public final class BenchRun {
  private final RunPlan plan;
  private final PreparedBench bench;
  private final Policies policies;

  public BenchRun(PreparedBench bench, Policies policies) {
    this.plan = bench.plan();
    this.bench = bench;
    this.policies = policies;
  }

  /**
   * Runs every scenario to its end, on as many threads as there are processors. The report does not
   * depend on how many.
   *
   * @param progress is told of iterations of one layer in one scenario as they are done
   * @throws IllegalArgumentException if a leveller cannot be made
   */
  public LifetimeReport execute(LongConsumer progress) {
    RunWear wear = new RunWear(plan);
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<?>> layers = new ArrayList<>();
      for (int scenario = 0; scenario < plan.scenarios().size(); scenario++) {
        for (int layer = 0; layer < plan.layers().size(); layer++) {
          LayerRun run = new LayerRun(scenario, layer, wear, progress);
          layers.add(threads.submit(run));
        }
      }
      for (Future<?> layer : layers) {
        layer.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      wear.abort("stopped before its end");
    } finally {
      threads.shutdownNow();
    }
    return wear.report();
  }

  /** One layer of one scenario. */
  private final class LayerRun implements Runnable {
    private final int scenario;
    private final int layer;
    private final RunWear wear;
    private final LongConsumer progress;
    private final RowArray rows;
    private final Leveller leveller;
    private final CrossbarArray crossbar;
    private List<int[]> selections = new ArrayList<>();

    LayerRun(int scenario, int layer, RunWear wear, LongConsumer progress) {
      ScenarioPlan scenarioPlan = plan.scenarios().get(scenario);
      LayerShape shape = plan.layers().get(layer);
      int physicalRows = scenarioPlan.physicalRows(shape);
      this.scenario = scenario;
      this.layer = layer;
      this.wear = wear;
      this.progress = progress;
      this.rows = new RowArray(shape.rows(), physicalRows);
      this.leveller =
          LevellerStack.create(rows, scenarioPlan.levellers(), policies, plan.seed(), layer);
      this.crossbar = new CrossbarArray(shape.rows(), shape.columns(), physicalRows);
    }

    @Override
    public void run() {
      long done = 0;
      while (done < plan.iterations() && !Thread.currentThread().isInterrupted()) {
        long from = done;
        done = Math.min(plan.iterations(), from + plan.wearInterval() - from % plan.wearInterval());
        for (long iteration = from; iteration < done; iteration++) {
          iterate(iteration);
        }
        report(done);
        progress.accept(done - from);
      }
    }

    private void iterate(long iteration) {
      Selection.Rows selection = bench.source().rows(layer, iteration);
      RowArray.IterationWrites writes = rows.apply(selection, iteration, leveller);
      crossbar.updateRows(writes.physicalRows());
      crossbar.level(writes.levellingRows());
      crossbar.move(writes.movedLogicalRows(), writes.movedToPhysicalRows());
      if (plan.reportSelections()) {
        selections.add(selection.rows());
      }
    }

    private void report(long done) {
      WearPart part =
          new WearPart(
              scenario,
              layer,
              done,
              0,
              1,
              0,
              crossbar.rowOperations(),
              null,
              crossbar.logicalToPhysical(),
              crossbar.maxCellWrites(),
              crossbar.updateCellWrites(),
              crossbar.levellingCellWrites(),
              selections);
      synchronized (wear) {
        wear.take(part, plan.createdAtMs());
      }
      selections = new ArrayList<>();
    }
  }
}
