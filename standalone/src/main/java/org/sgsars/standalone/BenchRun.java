package org.sgsars.standalone;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.crossbar.core.CrossbarArray;
import org.sgsars.device.DeviceCells;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.leveller.LayerTiles;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerStack;
import org.sgsars.leveller.RowArray;
import org.sgsars.leveller.TileExchange;
import org.sgsars.leveller.TileMove;
import org.sgsars.leveller.TileState;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
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
   * @param progress receives iterations of one layer in one scenario as they are done
   * @throws ServiceException if a layer cannot be run, naming it and its scenario
   */
  public LifetimeReport execute(LongConsumer progress) {
    RunWear wear = newWear();
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<?>> tasks = new ArrayList<>();
      for (int scenario = 0; scenario < plan.scenarios().size(); scenario++) {
        List<LayerRun> layers = new ArrayList<>();
        for (int layer = 0; layer < plan.layers().size(); layer++) {
          if (plan.scenarios().get(scenario).isDigital(layer)) {
            progress.accept(plan.iterations());
            continue;
          }
          layers.add(newLayer(scenario, layer, wear, progress));
        }
        if (plan.scenarios().get(scenario).crossLayer().isPresent()) {
          tasks.add(threads.submit(() -> runTogether(layers)));
        } else {
          layers.forEach(layer -> tasks.add(threads.submit(() -> runAlone(layer))));
        }
      }
      for (Future<?> task : tasks) {
        task.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
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

  private RunWear newWear() {
    try {
      return new RunWear(plan, policies);
    } catch (OutOfMemoryError e) {
      LayerShape largest =
          plan.layers().stream().max(Comparator.comparingLong(LayerShape::cells)).orElseThrow();
      throw new ServiceException(
          "%d scenarios of %d layers, the largest %s of %d x %d cells: %s"
              .formatted(
                  plan.scenarios().size(),
                  plan.layers().size(),
                  largest.name(),
                  largest.rows(),
                  largest.columns(),
                  FailureReason.of(e)),
          e);
    }
  }

  private LayerRun newLayer(int scenario, int layer, RunWear wear, LongConsumer progress) {
    try {
      return new LayerRun(scenario, layer, wear, progress);
    } catch (IllegalArgumentException | ArithmeticException | OutOfMemoryError e) {
      throw tooMuch(scenario, layer, e);
    }
  }

  private void runAlone(LayerRun layer) {
    try {
      layer.runTo(plan.iterations());
    } catch (OutOfMemoryError e) {
      throw tooMuch(layer.scenario, layer.layer, e);
    }
  }

  private ServiceException tooMuch(int scenario, int layer, Throwable cause) {
    LayerShape shape = plan.layers().get(layer);
    return new ServiceException(
        "scenario %s, layer %s of %d x %d cells: %s"
            .formatted(
                plan.scenarios().get(scenario).name(),
                shape.name(),
                shape.rows(),
                shape.columns(),
                FailureReason.of(cause)),
        cause);
  }

  /** Where it was thrown in somebody's own policy; nothing if it was in ours. */
  private static String outside(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(frame -> !frame.getClassName().matches("(org\\.sgsars|java|jdk)\\..*"))
        .findFirst()
        .map(frame -> " at " + frame)
        .orElse("");
  }

  /**
   * Layers that exchange tiles at intervals; each exchange comes before the iteration it is due.
   */
  private void runTogether(List<LayerRun> layers) {
    TileExchange exchange = layers.get(0).tiles().exchange();
    long done = 0;
    while (done < plan.iterations() && !Thread.currentThread().isInterrupted()) {
      if (exchange.isDueBefore(done)) {
        exchange(exchange, layers);
      }
      long to = done + 1;
      while (to < plan.iterations() && !exchange.isDueBefore(to)) {
        to++;
      }
      for (LayerRun layer : layers) {
        layer.runTo(to);
      }
      done = to;
    }
  }

  private static void exchange(TileExchange exchange, List<LayerRun> layers) {
    List<TileState> tiles = new ArrayList<>();
    layers.forEach(layer -> tiles.addAll(layer.tiles().tileStates()));
    List<TileMove> moves = exchange.decide(tiles, layers.get(0).tiles().rows());
    layers.forEach(layer -> layer.moveTiles(moves, tiles));
  }

  /** One layer of one scenario. */
  private final class LayerRun {
    private final int scenario;
    private final int layer;
    private final RunWear wear;
    private final LongConsumer progress;
    private final RowArray rows;
    private final Leveller leveller;
    private final CrossbarArray crossbar;
    private final BenchSelections given;
    private final Optional<LayerTiles> tiles;
    private final ArrayWear arrayWear;
    private List<int[]> selections = new ArrayList<>();
    private long done;

    LayerRun(int scenario, int layer, RunWear wear, LongConsumer progress) {
      ScenarioPlan ofRun = plan.scenarios().get(scenario);
      ScenarioPlan scenarioPlan = ofRun.forLayer(layer);
      LayerShape shape = plan.layers().get(layer);
      this.scenario = scenario;
      this.layer = layer;
      this.wear = wear;
      this.progress = progress;
      Optional<DeviceCells> cells = DeviceCells.of(plan, ofRun, layer, policies);
      Supplier<RowArray> newRows = () -> RowArray.of(scenarioPlan.array(shape), cells);
      this.rows = newRows.get();
      this.leveller =
          LevellerStack.create(rows, scenarioPlan.levellers(), policies, plan.seed(), shape.name());
      this.crossbar =
          cells
              .map(CrossbarArray::new)
              .orElseGet(() -> new CrossbarArray(scenarioPlan.array(shape)));
      this.arrayWear = new ArrayWear(crossbar);
      this.given = BenchSelections.of(plan, bench.source(), scenario, layer, policies, newRows);
      this.tiles = LayerTiles.of(scenarioPlan, plan.layers(), layer, rows);
    }

    LayerTiles tiles() {
      return tiles.orElseThrow();
    }

    void runTo(long iterations) {
      while (done < iterations && !Thread.currentThread().isInterrupted()) {
        long from = done;
        long reportAt =
            Math.min(plan.iterations(), from + plan.wearInterval() - from % plan.wearInterval());
        done = Math.min(iterations, reportAt);
        for (long iteration = from; iteration < done; iteration++) {
          iterate(iteration);
        }
        if (done == reportAt) {
          report();
        }
        progress.accept(done - from);
      }
    }

    void moveTiles(List<TileMove> moves, List<TileState> all) {
      List<LayerTiles.Arrival> arrivals = tiles().apply(moves, all);
      if (!arrivals.isEmpty()) {
        crossbar.moveTiles(
            tiles().columnsPerBlock(),
            arrivals.stream().mapToInt(LayerTiles.Arrival::tile).toArray(),
            arrivals.stream().mapToInt(LayerTiles.Arrival::physicalTile).toArray(),
            arrivals.stream().mapToInt(LayerTiles.Arrival::firstColumn).toArray(),
            arrivals.stream().map(LayerTiles.Arrival::wearBefore).toList());
      }
    }

    private void iterate(long iteration) {
      Selection.Rows selection = given.at(iteration);
      RowArray.IterationWrites writes = levelled(selection, iteration);
      crossbar.updateRows(writes.physicalRows());
      crossbar.level(writes.levellingRows());
      crossbar.move(writes.movedLogicalRows(), writes.movedToPhysicalRows());
      arrayWear.record(iteration);
      if (plan.reportSelections()) {
        selections.add(selection.rows());
      }
    }

    private RowArray.IterationWrites levelled(Selection selection, long iteration) {
      try {
        return rows.apply(selection, iteration, leveller);
      } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
        ScenarioPlan of = plan.scenarios().get(scenario);
        throw new ServiceException(
            "scenario %s, layer %s, iteration %d: leveller %s threw %s%s"
                .formatted(
                    of.name(),
                    plan.layers().get(layer).name(),
                    iteration,
                    of.levellersText(),
                    e,
                    outside(e)),
            e);
      }
    }

    private void report() {
      WearPart part = arrayWear.drain(scenario, layer, done, selections);
      synchronized (wear) {
        wear.add(part, System.currentTimeMillis());
      }
      selections = new ArrayList<>();
    }
  }
}
