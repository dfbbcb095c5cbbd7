package org.sgsars.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.sgsars.crossbar.core.CrossbarArray;
import org.sgsars.leveller.BoundLeveller;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerPolicy;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/**
 * One iteration of ResNet-50's 54 layers in one scenario, behind the sparsifier: mapping and
 * levelling alone, and with the wear accounting of the crossbars.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WearPass {
  private static final int CROSSBAR = 128;

  /** Selections are drawn before the measurement, and used again after so many iterations. */
  private static final int DRAWN = 4096;

  /** What is written: one row of every layer, mostly of its first tenth, or all rows. */
  @Param({"row", "all"})
  public String written = "row";

  /** Kind of leveller, with its defaults. */
  @Param({"none", "ars", "paced"})
  public String leveller = "none";

  private final List<Layer> layers = new ArrayList<>();
  private long iteration;

  /** One layer's map, leveller and crossbars. */
  private static final class Layer {
    final RowArray rows;
    final Leveller leveller;
    final CrossbarArray crossbar;
    final Selection[] selections;

    Layer(LayerShape shape, BoundLeveller<?> bound, Selection[] selections) {
      this.rows = new RowArray(shape.rows(), shape.physicalRows(CROSSBAR));
      this.leveller = bound.create(rows, shape.cells());
      this.crossbar = new CrossbarArray(new ArrayShape(shape, CROSSBAR, 0));
      this.selections = selections;
    }

    RowArray.IterationWrites level(long iteration) {
      Selection selection = selections[(int) (iteration % selections.length)];
      return rows.apply(selection, iteration, leveller);
    }

    void wear(RowArray.IterationWrites writes) {
      if (writes.selection() instanceof Selection.All) {
        crossbar.updateAll();
      } else {
        crossbar.updateRows(writes.physicalRows());
      }
      crossbar.level(writes.levellingRows());
      crossbar.move(writes.movedLogicalRows(), writes.movedToPhysicalRows());
    }
  }

  /** Draws the selections. */
  @Setup
  public void prepare() {
    BoundLeveller<?> policy =
        Policies.onClassPath()
            .require(PolicyFamily.LEVELLER, leveller, LevellerPolicy.class)
            .bind(new PolicyChoice(leveller, Map.of()));
    for (LayerShape shape : ResNet50.layers()) {
      layers.add(new Layer(shape, policy, selections(shape)));
    }
  }

  private Selection[] selections(LayerShape shape) {
    if (written.equals("all")) {
      return new Selection[] {new Selection.All()};
    }
    SplittableRandom random = new SplittableRandom(shape.cells());
    Selection[] drawn = new Selection[DRAWN];
    for (int i = 0; i < DRAWN; i++) {
      boolean isHot = random.nextInt(10) > 0;
      int row = random.nextInt(isHot ? Math.max(1, shape.rows() / 10) : shape.rows());
      drawn[i] = new Selection.Rows(new int[] {row});
    }
    return drawn;
  }

  /** Mapping and levelling. */
  @Benchmark
  public long levelling() {
    iteration++;
    long written = 0;
    for (Layer layer : layers) {
      written += layer.level(iteration).physicalRows().length;
    }
    return written;
  }

  /** Mapping, levelling, and the wear of the crossbars. */
  @Benchmark
  public void levellingAndWear() {
    iteration++;
    for (Layer layer : layers) {
      layer.wear(layer.level(iteration));
    }
  }
}
