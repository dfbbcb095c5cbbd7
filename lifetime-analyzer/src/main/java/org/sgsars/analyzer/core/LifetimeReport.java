package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.sgsars.model.RunNotices;
import org.sgsars.model.RunPlan;

/**
 * What a run says about lifetime: the content of its report, apart from any format.
 *
 * @param plan the run
 * @param finishedAtMs when the last wear was reported, since 1970-01-01 UTC
 * @param iterations iterations that the wear of every scenario and layer reflects: the plan's if
 *     complete, the least of those reported otherwise
 * @param complete whether every layer of every scenario was followed to the last iteration and
 *     every record of the run could be used
 * @param warnings why it is not complete; for people
 * @param findings what to know in reading the numbers that only the wear shows, a sentence each;
 *     for people
 * @param scenarios in the plan's order
 * @param timeline largest and mean wear over the iterations, by iteration, scenario, layer
 */
public record LifetimeReport(
    RunPlan plan,
    long finishedAtMs,
    long iterations,
    boolean complete,
    List<String> warnings,
    List<String> findings,
    List<ScenarioLifetime> scenarios,
    List<TimelinePoint> timeline) {

  /** Whether some scenario's crossbars hold weights that are trained. */
  public boolean trains() {
    return plan.training().isPresent();
  }

  /** What to know in reading the numbers: what the plan says, then what the wear shows. */
  public List<String> notices() {
    return Stream.concat(RunNotices.of(plan).stream(), findings.stream()).toList();
  }

  /**
   * How far the numbers of a run that is not complete reach; for people. Layers and gradients may
   * have gone on further.
   */
  public String reach() {
    return "%d of %d iterations, up to which the wear of every layer was reported; gradients and some layers may be further"
        .formatted(iterations, plan.iterations());
  }

  /** What to know of the wire, if it changed the gradients; for people. */
  public Optional<String> wireNote() {
    return plan.gradientFormat().rounds()
        ? Optional.of(
            "Gradients were rounded to %s on the wire: selections may differ from those of f32."
                .formatted(plan.gradientFormat().key()))
        : Optional.empty();
  }

  /**
   * Wear of cells.
   *
   * @param maxCellWrites writes of the most worn cell
   * @param meanCellWrites mean over all cells of all physical rows, padding included
   * @param lifetimeExtension iterations / maxCellWrites; empty if nothing was written
   * @param bound the extension if the updates' writes were spread evenly over the cells of each
   *     layer; empty if nothing was written
   */
  public record CellWear(
      long maxCellWrites,
      double meanCellWrites,
      OptionalDouble lifetimeExtension,
      OptionalDouble bound) {}

  /**
   * One scenario.
   *
   * @param label what it is, for people
   * @param arrays what every layer's array has
   * @param wear of all layers
   * @param levelling how well it does, and at what cost
   * @param onDevice what becomes of the network's cells; empty if no device is modelled
   * @param accuracy of the network that trains on its crossbars, by iterations; empty if none does
   * @param layers in the plan's order
   */
  public record ScenarioLifetime(
      Label label,
      Arrays arrays,
      CellWear wear,
      Levelling levelling,
      Optional<DeviceLifetime> onDevice,
      List<AccuracyPoint> accuracy,
      List<LayerLifetime> layers) {
    /**
     * @param name as in the plan
     * @param sparsifier as one would write it in an experiment file
     * @param leveller likewise, a list if there are several
     * @param settings what tells it from others, see {@link ScenarioSettings}: kinds, and settings
     *     that are not at their defaults, by key
     */
    public record Label(
        String name, String sparsifier, String leveller, Map<String, String> settings) {}

    /**
     * @param crossbarSize rows of one crossbar
     * @param spareRows rows of every array beyond its crossbars
     * @param stateBitsPerRow bits of levelling state per physical row, in hardware; empty if
     *     unknown
     */
    public record Arrays(int crossbarSize, int spareRows, OptionalDouble stateBitsPerRow) {}

    /**
     * @param efficiency lifetimeExtension / bound
     * @param leastLayerEfficiency the same of the layer that is farthest from its own bound
     * @param overhead cell writes by levelling / cell writes by updates
     * @param retirement what giving up failed rows costs; empty where no layer does
     */
    public record Levelling(
        OptionalDouble efficiency,
        OptionalDouble leastLayerEfficiency,
        OptionalDouble overhead,
        Optional<Retirement> retirement) {}

    /** See {@link Label}. */
    public String name() {
      return label.name();
    }

    /** See {@link Label}. */
    public String sparsifier() {
      return label.sparsifier();
    }

    /** See {@link Label}. */
    public String leveller() {
      return label.leveller();
    }

    /** See {@link Label}. */
    public Map<String, String> settings() {
      return label.settings();
    }

    /** See {@link Arrays}. */
    public int crossbarSize() {
      return arrays.crossbarSize();
    }

    /** See {@link Arrays}. */
    public int spareRows() {
      return arrays.spareRows();
    }

    /** See {@link Arrays}. */
    public OptionalDouble stateBitsPerRow() {
      return arrays.stateBitsPerRow();
    }

    /** See {@link CellWear}. */
    public long maxCellWrites() {
      return wear.maxCellWrites();
    }

    /** See {@link CellWear}. */
    public double meanCellWrites() {
      return wear.meanCellWrites();
    }

    /** See {@link CellWear}. */
    public OptionalDouble lifetimeExtension() {
      return wear.lifetimeExtension();
    }

    /** See {@link CellWear}. */
    public OptionalDouble bound() {
      return wear.bound();
    }

    /** See {@link Levelling}. */
    public OptionalDouble efficiency() {
      return levelling.efficiency();
    }

    /** See {@link Levelling}. */
    public OptionalDouble leastLayerEfficiency() {
      return levelling.leastLayerEfficiency();
    }

    /** See {@link Levelling}. */
    public OptionalDouble overhead() {
      return levelling.overhead();
    }

    /** See {@link Levelling}. */
    public Optional<Retirement> retirement() {
      return levelling.retirement();
    }

    /** Weights and biases of the layers that lie on crossbars: those that can be lost. */
    public long weights() {
      return layers.stream()
          .filter(layer -> !layer.isDigital())
          .mapToLong(layer -> layer.shape().cells())
          .sum();
    }

    /** Share of the images that were given their class at last; empty if none were tested. */
    public OptionalDouble lastAccuracy() {
      return accuracy.isEmpty()
          ? OptionalDouble.empty()
          : OptionalDouble.of(accuracy.get(accuracy.size() - 1).share());
    }
  }

  /**
   * How well a trained network does on images that it is not trained on.
   *
   * @param iterations done before
   * @param images tested, at least 1
   * @param correct how many were given their class
   * @param loss mean cross-entropy, in nats; not finite if the network has come apart
   */
  public record AccuracyPoint(long iterations, int images, int correct, double loss) {
    /** Share of the images that were given their class. */
    public double share() {
      return (double) correct / images;
    }
  }

  /**
   * What becomes of cells on a device.
   *
   * @param cells all cells that the arrays have, those that were stuck when fresh left out
   * @param stuckCells cells that were stuck when fresh
   * @param failedCells worn out at the end of the run
   * @param losses what becomes of weights
   * @param failures when the first cell fails, and growing shares of them; empty of a layer whose
   *     content changes crossbars with others
   * @param updates what the updates cost
   * @param levelling what levelling cost on top
   * @param lostWrites cell writes expected to have failed for good: the cell kept its value
   */
  public record DeviceLifetime(
      long cells,
      long stuckCells,
      long failedCells,
      Losses losses,
      List<FailureTime> failures,
      WriteCost updates,
      WriteCost levelling,
      double lostWrites) {
    /** See {@link Losses}. */
    public long lostWeights() {
      return losses.weights();
    }

    /** See {@link Losses}. */
    public Optional<FirstLoss> firstLoss() {
      return losses.first();
    }
  }

  /**
   * Weights that lie where a cell is worn out.
   *
   * @param weights how many do, at the end of the run
   * @param first when one does first; empty if that is not known
   */
  public record Losses(long weights, Optional<FirstLoss> first) {}

  /**
   * How long it takes until a share of the cells has failed.
   *
   * @param share of the cells; 0 for the first of them
   * @param cells how many that is, at least 1
   * @param projected whether the run was too short, and this is what its wear leads to
   * @param iterations done before; the median over seeds if projected; empty if no wear leads there
   * @param low one seed in twenty gives less; {@code iterations} if not projected
   * @param high one seed in twenty gives more; {@code iterations} if not projected
   */
  public record FailureTime(
      double share,
      long cells,
      boolean projected,
      OptionalDouble iterations,
      OptionalDouble low,
      OptionalDouble high) {}

  /**
   * When the first weight is lost: after that iteration it lies where a cell is worn out.
   *
   * @param iterations done before
   * @param projected whether nothing was lost in the run, and this is what its wear leads to
   * @param low one seed in twenty gives less; {@code iterations} if not projected; not a number if
   *     that is not known
   * @param high one seed in twenty gives more; {@code iterations} if not projected; not a number if
   *     that is not known
   * @param bound when a weight would be lost at the latest, wherever the updates' writes went, as
   *     all its rows survive no more; empty if that is not known
   */
  public record FirstLoss(
      double iterations, boolean projected, double low, double high, OptionalDouble bound) {
    /** One whose bound is not known. */
    public FirstLoss(double iterations, boolean projected, double low, double high) {
      this(iterations, projected, low, high, OptionalDouble.empty());
    }

    /** {@code low}, if it is known. */
    public OptionalDouble lowIfKnown() {
      return ifKnown(low);
    }

    /** {@code high}, if it is known. */
    public OptionalDouble highIfKnown() {
      return ifKnown(high);
    }

    /** First loss / bound; empty if that is not known. */
    public OptionalDouble efficiency() {
      return bound.isPresent() && bound.getAsDouble() > 0
          ? OptionalDouble.of(iterations / bound.getAsDouble())
          : OptionalDouble.empty();
    }

    private static OptionalDouble ifKnown(double iterations) {
      return Double.isNaN(iterations) ? OptionalDouble.empty() : OptionalDouble.of(iterations);
    }
  }

  /**
   * What writes cost in the whole run.
   *
   * @param seconds one after the other in a crossbar, crossbars at the same time; of a network
   *     those of the layer that takes longest; empty if the device says nothing
   * @param joules likewise
   */
  public record WriteCost(OptionalDouble seconds, OptionalDouble joules) {}

  /**
   * The worn-out cells of a layer, or its lost weights, after an iteration in which their number
   * changed.
   *
   * @param iteration from 0
   * @param cells of the whole array
   */
  public record FailedCells(long iteration, long cells) {}

  /**
   * The wear of a layer's physical rows at one time.
   *
   * @param iterations iterations done
   * @param writes of the most worn cell of each bucket of rows, in the order of the rows
   */
  public record Snapshot(long iterations, long[] writes) {}

  /**
   * Wear at one time.
   *
   * @param iterations iterations done
   * @param scenario index into the plan
   * @param layer index into the plan
   * @param maxCellWrites writes of the most worn cell
   * @param meanCellWrites mean over all cells
   * @param failedCells worn-out cells
   * @param lostWeights weights that lie where a cell is worn out
   * @param gini how unevenly the rows are worn: 0 if all alike, towards 1 if one has all
   */
  public record TimelinePoint(
      long iterations,
      int scenario,
      int layer,
      long maxCellWrites,
      double meanCellWrites,
      long failedCells,
      long lostWeights,
      double gini) {}
}
