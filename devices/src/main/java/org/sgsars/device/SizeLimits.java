package org.sgsars.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/**
 * How large the arrays of a scenario may be together with what is done on them, so that every
 * number of a cell, every count and every sum of counts is exact. What a layer and a crossbar may
 * be by themselves, {@link org.sgsars.model.LayerShape} and {@link ArrayShape} say.
 */
public final class SizeLimits {
  /** Elements of an array; some JVMs make none of the last few lengths. */
  public static final int MOST_CELLS_APART = Integer.MAX_VALUE - 8;

  /** Writes of a cell that is counted apart. */
  public static final long MOST_ITERATIONS_OF_CELLS = Integer.MAX_VALUE;

  /** Updates of all cells of the network; levelling may write eight times as many before 2^63. */
  public static final long MOST_CELL_WRITES = 1L << 60;

  /** Rows of a crossbar whose cells are counted one by one. */
  public static final int MOST_ROWS_OF_EXCHANGED_TILES = 1 << 15;

  /** Cells of a device that a leveller knows: the first tenth to fail is sorted. */
  public static final long MOST_KNOWN_CELLS = 1L << 33;

  private SizeLimits() {}

  /**
   * What a scenario, or some of its layers, do with their arrays.
   *
   * @param cellsPerWeight of the device; 0 where none is modelled
   * @param writesCells whether single cells may be written
   * @param trains whether the crossbars hold weights
   * @param exchangesTiles whether contents change crossbars
   * @param levelsByEndurance whether a leveller knows the device's cells
   */
  public record Use(
      int cellsPerWeight,
      boolean writesCells,
      boolean trains,
      boolean exchangesTiles,
      boolean levelsByEndurance) {
    /**
     * The use of a scenario, as far as its policies are known here.
     *
     * @param sparsifier of the scenario, with its settings
     * @param seed of the run
     * @throws org.sgsars.policy.PolicyFailure if a policy throws
     * @throws IllegalArgumentException if its device cannot be made of its settings
     */
    public static Use of(
        ScenarioPlan scenario,
        PolicyChoice sparsifier,
        boolean trains,
        long seed,
        Policies policies) {
      return new Use(
          scenario
              .device()
              .filter(device -> policies.find(PolicyFamily.DEVICE, device.kind()).isPresent())
              .flatMap(device -> Device.of(scenario, seed, policies))
              .map(Device::cellsPerWeight)
              .orElse(0),
          SizeLimits.writesCells(sparsifier, policies),
          trains,
          scenario.crossLayer().isPresent(),
          scenario.levellers().stream()
              .anyMatch(
                  choice ->
                      policies.has(
                          PolicyFamily.LEVELLER, choice.kind(), Policy::levelsByEndurance)));
    }
  }

  /**
   * An array and what is done on it.
   *
   * @param array of one layer
   * @param use what the layer's settings make of it
   */
  public record UsedArray(ArrayShape array, Use use) {}

  /**
   * What is too large in a scenario, whose layers may have settings of their own.
   *
   * @param layers of the run
   * @param use what a scenario does with its arrays, for the scenario and for each of the settings
   * @param iterations of the run
   * @return a line for each problem, with the value and what is allowed; none where no layer lies
   *     on crossbars
   */
  public static List<String> problemsWith(
      ScenarioPlan scenario,
      List<LayerShape> layers,
      Function<ScenarioPlan, Use> use,
      long iterations) {
    List<UsedArray> arrays = new ArrayList<>();
    Map<Integer, Use> uses = new HashMap<>();
    for (int layer = 0; layer < layers.size(); layer++) {
      if (scenario.isDigital(layer)) {
        continue;
      }
      ScenarioPlan own = scenario.forLayer(layer);
      int settings =
          scenario.exceptions().ofLayers().isEmpty()
              ? -1
              : scenario.exceptions().ofLayers().get(layer);
      arrays.add(
          new UsedArray(
              own.array(layers.get(layer)),
              uses.computeIfAbsent(settings, index -> use.apply(own))));
    }
    return problemsWith(arrays, iterations);
  }

  /**
   * What is too large in a scenario.
   *
   * @param arrays of all layers on crossbars, in one scenario
   * @param iterations of the run
   * @return a line for each problem, with the value and what is allowed
   */
  public static List<String> problemsWith(List<UsedArray> arrays, long iterations) {
    List<String> problems = new ArrayList<>();
    arrays.forEach(used -> layerProblem(used.array, used.use).ifPresent(problems::add));
    if (problems.isEmpty()) {
      countProblem(arrays, iterations)
          .or(() -> crossbarProblem(arrays))
          .or(() -> knownCellsProblem(arrays))
          .ifPresent(problems::add);
    }
    return problems;
  }

  /** Whether a sparsifier may write single cells. */
  public static boolean writesCells(PolicyChoice sparsifier, Policies policies) {
    return policies.has(
        PolicyFamily.SPARSIFIER,
        sparsifier.kind(),
        policy -> policy.bind(sparsifier).writesCells());
  }

  private static Optional<String> layerProblem(ArrayShape array, Use use) {
    String layer = array.layer().name();
    if ((use.writesCells || use.trains) && array.cells() > MOST_CELLS_APART) {
      return Optional.of(
          "layer %s: %d x %d cells are %s; allowed: at most %d cells"
              .formatted(
                  layer,
                  array.physicalRows(),
                  array.layer().columns(),
                  use.trains ? "trained" : "written one by one",
                  MOST_CELLS_APART));
    }
    long ofRow = (long) array.tileColumns() * array.crossbarSize() * use.cellsPerWeight;
    if (ofRow > Integer.MAX_VALUE) {
      return Optional.of(
          "layer %s: a row of %d weights of %d cells in crossbars of %d columns has %d cells; allowed: at most %d"
              .formatted(
                  layer,
                  array.layer().columns(),
                  use.cellsPerWeight,
                  array.crossbarSize(),
                  ofRow,
                  Integer.MAX_VALUE));
    }
    return Optional.empty();
  }

  private static Optional<String> countProblem(List<UsedArray> arrays, long iterations) {
    double cells = arrays.stream().mapToDouble(used -> used.array.cells()).sum();
    if (cells > MOST_CELL_WRITES) {
      return Optional.of(
          "the network has %.0f cells; allowed: at most %d".formatted(cells, MOST_CELL_WRITES));
    }
    if (cells * iterations > MOST_CELL_WRITES) {
      return Optional.of(
          "iterations: %d on %.0f cells may be more cell writes than can be counted; allowed: at most %d iterations"
              .formatted(iterations, cells, (long) (MOST_CELL_WRITES / cells)));
    }
    if (any(arrays, Use::writesCells) && iterations > MOST_ITERATIONS_OF_CELLS) {
      return Optional.of(
          "iterations: %d are more than the writes of a single cell are counted to; allowed where single cells are written: at most %d"
              .formatted(iterations, MOST_ITERATIONS_OF_CELLS));
    }
    return Optional.empty();
  }

  private static boolean any(List<UsedArray> arrays, Predicate<Use> property) {
    return arrays.stream().map(UsedArray::use).anyMatch(property);
  }

  private static Optional<String> crossbarProblem(List<UsedArray> arrays) {
    double tiles = arrays.stream().mapToDouble(used -> used.array.tileCount()).sum();
    // Crossbars are numbered through the network for whoever needs a number.
    if (any(arrays, use -> use.cellsPerWeight > 0 || use.exchangesTiles)
        && tiles > Integer.MAX_VALUE) {
      IntSummaryStatistics sizes =
          arrays.stream().mapToInt(used -> used.array.crossbarSize()).summaryStatistics();
      return Optional.of(
          "crossbar.size: the network has %.0f crossbars of %d%s rows; allowed with a device or cross-layer: at most %d"
              .formatted(
                  tiles,
                  sizes.getMin(),
                  sizes.getMax() > sizes.getMin() ? " to " + sizes.getMax() : "",
                  Integer.MAX_VALUE));
    }
    return arrays.stream()
        .filter(used -> used.use.exchangesTiles)
        .mapToInt(used -> used.array.crossbarSize())
        .filter(size -> size > MOST_ROWS_OF_EXCHANGED_TILES)
        .mapToObj(
            size ->
                "crossbar.size: %d is too large for cross-layer, which counts the cells of a crossbar; allowed: at most %d"
                    .formatted(size, MOST_ROWS_OF_EXCHANGED_TILES))
        .findFirst();
  }

  private static Optional<String> knownCellsProblem(List<UsedArray> arrays) {
    // A tenth of the network's cells is asked for, and all of them may be those that are known.
    double cells =
        arrays.stream().mapToDouble(used -> used.array.cells() * used.use.cellsPerWeight).sum();
    return any(arrays, Use::levelsByEndurance) && cells > MOST_KNOWN_CELLS
        ? Optional.of(
            "device: %.0f cells are too many for a leveller that knows each; allowed: at most %d"
                .formatted(cells, MOST_KNOWN_CELLS))
        : Optional.empty();
  }
}
