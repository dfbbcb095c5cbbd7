package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.device.Device;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;

/**
 * When the first weight of a scenario's layers is lost: as counted, or past the end of the run. A
 * layer that gives up failed rows goes by {@link LossProjection}, or {@link CellLossProjection}
 * where its single cells are written; another by the first of its cells that fails: a row is hardly
 * ever written but where a content lies.
 */
final class FirstLosses {
  /** Of a layer whose single cells are written, those of all blocks; some seconds. */
  private static final long MOST_PROJECTED_CELLS = 1 << 22;

  private final RunDevices ofRun;
  private final ScenarioPlan scenario;
  private final List<ArrayShape> arrays;
  private final List<Projection.Endurance> endurances;
  private final WeakestCells weakest;
  private final Function<List<LayerWear>, double[]> firstFailureBySeed;

  /** By layer, of the last wear that was asked for. */
  private final Map<Integer, Times> ofLayers = new HashMap<>();

  /**
   * @param iterations of the wear
   * @param bySeed when the first weight is lost
   */
  private record Times(long iterations, double[] bySeed) {}

  /**
   * @param ofRun the devices of all scenarios
   * @param devices of each layer
   * @param arrays of each layer
   * @param weakest of the same layers
   * @param firstFailureBySeed when the next cell of some layers fails
   */
  FirstLosses(
      RunDevices ofRun,
      ScenarioPlan scenario,
      List<Device> devices,
      List<ArrayShape> arrays,
      WeakestCells weakest,
      Function<List<LayerWear>, double[]> firstFailureBySeed) {
    this.ofRun = ofRun;
    this.scenario = scenario;
    this.arrays = List.copyOf(arrays);
    this.weakest = weakest;
    this.firstFailureBySeed = firstFailureBySeed;
    this.endurances = devices.stream().map(ofRun::endurance).toList();
  }

  /**
   * @param layers of the network, or one of them
   * @param failures of these layers; empty if nothing is known of them
   */
  Optional<FirstLoss> of(List<LayerWear> layers, List<FailureTime> failures) {
    OptionalLong counted =
        layers.stream().map(LayerWear::firstLoss).flatMapToLong(OptionalLong::stream).min();
    if (counted.isPresent()) {
      double at = counted.getAsLong();
      return Optional.of(new FirstLoss(at, false, at, at, bound(layers)));
    }
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    return projected(layers, failures.get(0))
        .filter(band -> band.median() < Projection.LONGEST)
        .map(
            band ->
                new FirstLoss(
                    Math.rint(band.median()),
                    true,
                    rounded(band.low()),
                    rounded(band.high()),
                    bound(layers)));
  }

  private static double rounded(double iterations) {
    return iterations < Projection.LONGEST ? Math.rint(iterations) : Double.NaN;
  }

  private Optional<Projection.Band> projected(List<LayerWear> layers, FailureTime first) {
    Map<Boolean, List<LayerWear>> byRetiring =
        layers.stream()
            .collect(Collectors.partitioningBy(layer -> scenario.retiresIn(layer.layer())));
    List<LayerWear> retiring = byRetiring.getOrDefault(true, List.of());
    List<LayerWear> others = byRetiring.getOrDefault(false, List.of());
    if (!retiring.isEmpty() && scenario.crossLayer().isPresent()) {
      // No layer has wordlines of its own that it would use up.
      return Optional.empty();
    }
    if (retiring.isEmpty() && first.projected()) {
      return first.iterations().isPresent()
          ? Optional.of(
              new Projection.Band(
                  first.iterations().getAsDouble(),
                  first.low().orElse(Double.NaN),
                  first.high().orElse(Double.NaN)))
          : Optional.empty();
    }
    if (retiring.stream().anyMatch(layer -> obstacle(scenario, layer).isPresent())) {
      return Optional.empty();
    }
    double[] earliest = new double[Projection.SEEDS];
    Arrays.fill(earliest, Double.POSITIVE_INFINITY);
    if (!others.isEmpty()) {
      earliest = firstFailureBySeed.apply(others);
    }
    for (LayerWear layer : retiring) {
      double[] own = bySeed(layer);
      for (int seed = 0; seed < earliest.length; seed++) {
        earliest[seed] = Math.min(earliest[seed], own[seed]);
      }
    }
    Projection.Band band = Projection.Band.of(earliest);
    boolean isOfOneDevice = others.isEmpty() && retiring.stream().allMatch(this::hasKnownCells);
    return Optional.of(
        isOfOneDevice ? new Projection.Band(band.median(), Double.NaN, Double.NaN) : band);
  }

  private double[] bySeed(LayerWear layer) {
    Times known = ofLayers.get(layer.layer());
    if (known == null || known.iterations != layer.iterations()) {
      known = new Times(layer.iterations(), sharedTimes(layer));
      ofLayers.put(layer.layer(), known);
    }
    return known.bySeed;
  }

  /** Whether its leveller goes by what rows survive: cells drawn anew would not fit their wear. */
  private boolean hasKnownCells(LayerWear layer) {
    return scenario.forLayer(layer.layer()).levelsByEndurance() && weakest.ofRows(layer).length > 0;
  }

  /**
   * Why the first loss of a layer that gives up failed rows is not projected, if it is not; for
   * people, behind a colon.
   */
  static Optional<String> obstacle(ScenarioPlan scenario, LayerWear layer) {
    if (!scenario.retiresIn(layer.layer()) || !layer.writesSingleCells()) {
      return Optional.empty();
    }
    if (scenario.forLayer(layer.layer()).levelsByEndurance()) {
      return Optional.of(
          "single cells are written, and a leveller goes by the weakest cell of a row, written or not");
    }
    return layer.cells() > MOST_PROJECTED_CELLS
        ? Optional.of(
            "single cells are written, and it has %d of them; at most %d are looked at"
                .formatted(layer.cells(), MOST_PROJECTED_CELLS))
        : Optional.empty();
  }

  private double[] sharedTimes(LayerWear layer) {
    return ofRun.firstLoss(
        new RunDevices.FirstLossOf(
            endurances.get(layer.layer()).device,
            arrays.get(layer.layer()),
            scenario.forLayer(layer.layer()).levelsByEndurance(),
            layer.halfCellSample(),
            layer.cellSample()),
        () -> times(layer));
  }

  private double[] times(LayerWear layer) {
    if (layer.writesSingleCells()) {
      return new CellLossProjection(
              arrays.get(layer.layer()),
              endurances.get(layer.layer()),
              layer.halfCellSample(),
              layer.cellSample())
          .times();
    }
    LossProjection projection =
        new LossProjection(
            arrays.get(layer.layer()),
            endurances.get(layer.layer()),
            scenario.forLayer(layer.layer()).levelsByEndurance(),
            layer.halfSample(),
            layer.sample());
    if (!hasKnownCells(layer)) {
      return projection.times();
    }
    double[] times = new double[Projection.SEEDS];
    Arrays.fill(times, projection.timeOf(weakest.ofRows(layer)));
    return times;
  }

  /** Of the layer that has the earliest. */
  private OptionalDouble bound(List<LayerWear> layers) {
    return layers.stream().map(this::bound).flatMapToDouble(OptionalDouble::stream).min();
  }

  /**
   * When the updates have written as much as all rows of all blocks survive, if they fail; where
   * single cells are written, the column that comes to that first.
   */
  private OptionalDouble bound(LayerWear layer) {
    if (!layer.writesSingleCells()) {
      return writtenUp(layer, 0, Arrays.stream(weakest.ofRows(layer)).asDoubleStream().sum());
    }
    double[] survived = weakest.ofColumns(layer);
    return IntStream.range(0, survived.length)
        .mapToObj(column -> writtenUp(layer, column, survived[column]))
        .flatMapToDouble(OptionalDouble::stream)
        .min();
  }

  private static OptionalDouble writtenUp(LayerWear layer, int column, double survived) {
    return survived > 0 && survived < Projection.LONGEST
        ? layer.updatedAt(column, survived)
        : OptionalDouble.empty();
  }
}
