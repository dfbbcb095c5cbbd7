package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.Losses;
import org.sgsars.analyzer.core.LifetimeReport.WriteCost;
import org.sgsars.device.Device;
import org.sgsars.device.DeviceCells;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.CrossLayerSettings;

/** From the wear of a scenario's layers to what becomes of the cells of its device. */
final class DeviceWear {
  /** Shares of failed cells that are asked for; 0 stands for the first cell. */
  private static final double[] SHARES = {0, 0.001, 0.01, 0.1};

  /** Another order of layers gives the same numbers to the last bit. */
  private static final Comparator<LayerWear> BY_NAME =
      Comparator.comparing(layer -> layer.shape().name());

  private static final double NANO = 1e-9;
  private static final double PICO = 1e-12;

  private final RunDevices ofRun;

  /** Of each layer. */
  private final List<Device> devices;

  private final ScenarioPlan scenario;
  private final List<ArrayShape> arrays;
  private final FirstLosses losses;

  private final WeakestCells weakest;

  /**
   * @param ofRun the devices of all scenarios
   * @param devices of each layer
   * @param layers of the run
   */
  DeviceWear(
      RunDevices ofRun, List<Device> devices, ScenarioPlan scenario, List<LayerShape> layers) {
    this.ofRun = ofRun;
    this.devices = List.copyOf(devices);
    this.scenario = scenario;
    this.arrays = scenario.arrays(layers);
    this.weakest = new WeakestCells(ofRun, this.devices, scenario, arrays);
    this.losses =
        new FirstLosses(ofRun, scenario, this.devices, arrays, weakest, this::firstFailureBySeed);
  }

  private Device device(LayerWear layer) {
    return devices.get(layer.layer());
  }

  private Projection.Endurance law(LayerWear layer) {
    return ofRun.endurance(device(layer));
  }

  private boolean sharesCrossbars() {
    return scenario.crossLayer().isPresent();
  }

  /** As {@link WeakestCells#ofRows(LayerWear)}. */
  long[] rowEndurance(LayerWear layer) {
    return weakest.ofRows(layer);
  }

  /** What becomes of one layer's cells. */
  DeviceLifetime ofLayer(LayerWear layer) {
    return lifetime(
        List.of(layer), sharesCrossbars() ? List.of() : failures(List.of(layer)), layer);
  }

  /**
   * What becomes of the network's cells.
   *
   * @param layers at least one
   */
  DeviceLifetime ofNetwork(List<LayerWear> layers) {
    LayerWear slowest =
        layers.stream()
            .max(
                Comparator.<LayerWear>comparingDouble(
                        l -> seconds(l, l.updateRowTimes() + l.levellingRowTimes()).orElse(0))
                    .thenComparing(BY_NAME))
            .orElseThrow();
    return lifetime(layers, failures(layers), slowest);
  }

  private DeviceLifetime lifetime(
      List<LayerWear> layers, List<FailureTime> failures, LayerWear slowest) {
    return new DeviceLifetime(
        cells(layers),
        layers.stream().mapToLong(LayerWear::stuckCells).sum(),
        layers.stream().mapToLong(LayerWear::failedNow).sum(),
        new Losses(
            layers.stream().mapToLong(LayerWear::lostNow).sum(), losses.of(layers, failures)),
        failures,
        new WriteCost(
            seconds(slowest, slowest.updateRowTimes()),
            joules(layers, LayerWear::updateCellWrites)),
        new WriteCost(
            seconds(slowest, slowest.levellingRowTimes()),
            joules(layers, LayerWear::levellingCellWrites)),
        lost(layers));
  }

  /** The layers of each device, by their names: sums over devices are the same in any order. */
  private Map<Device, List<LayerWear>> byDevice(List<LayerWear> layers) {
    Map<Device, List<LayerWear>> all = new LinkedHashMap<>();
    layers.stream()
        .sorted(BY_NAME)
        .forEach(l -> all.computeIfAbsent(device(l), of -> new ArrayList<>()).add(l));
    return all;
  }

  private double lost(List<LayerWear> layers) {
    double lost = 0;
    for (Map.Entry<Device, List<LayerWear>> of : byDevice(layers).entrySet()) {
      long writes =
          of.getValue().stream()
              .mapToLong(l -> l.updateCellWrites() + l.levellingCellWrites())
              .sum();
      lost += writes * (double) of.getKey().cellsPerWeight() * of.getKey().cost().lost();
    }
    return lost;
  }

  /** All cells that can wear out; unused columns of a crossbar if contents can come to them. */
  private long cells(List<LayerWear> layers) {
    boolean sharesColumns = CrossLayerSettings.sharesColumns(scenario);
    long cells = 0;
    for (LayerWear layer : layers) {
      long weights = sharesColumns ? arrays.get(layer.layer()).cellsOfCrossbars() : layer.cells();
      cells += weights * device(layer).cellsPerWeight() - layer.stuckCells();
    }
    return cells;
  }

  private OptionalDouble seconds(LayerWear layer, long rowTimes) {
    Device device = device(layer);
    return device.pulseNs().isPresent()
        ? OptionalDouble.of(
            rowTimes
                * device.cost().pulsesPerRow(layer.shape().columns())
                * device.pulseNs().getAsDouble()
                * NANO)
        : OptionalDouble.empty();
  }

  /** Empty if a device does not say what a pulse takes. */
  private OptionalDouble joules(List<LayerWear> layers, ToLongFunction<LayerWear> weightWrites) {
    double joules = 0;
    for (Map.Entry<Device, List<LayerWear>> of : byDevice(layers).entrySet()) {
      Device device = of.getKey();
      if (device.pulsePj().isEmpty()) {
        return OptionalDouble.empty();
      }
      joules +=
          of.getValue().stream().mapToLong(weightWrites).sum()
              * device.cost().pulsesPerWeight()
              * device.pulsePj().getAsDouble()
              * PICO;
    }
    return OptionalDouble.of(joules);
  }

  private List<FailureTime> failures(List<LayerWear> ofRun) {
    List<LayerWear> layers = ofRun.stream().sorted(BY_NAME).toList();
    long cells = cells(layers);
    long done = layers.stream().mapToLong(LayerWear::iterations).min().orElse(0);
    List<FailureTime> failures = new ArrayList<>();
    List<Double> toProject = new ArrayList<>();
    for (double share : SHARES) {
      Optional<Long> measured = measured(layers, needed(share, cells));
      if (measured.isPresent()) {
        OptionalDouble at = OptionalDouble.of(measured.get());
        failures.add(new FailureTime(share, needed(share, cells), false, at, at, at));
      } else if (done > 0 && (share == 0 || wearAlikeToTheEnd())) {
        toProject.add(share);
      }
    }
    if (!toProject.isEmpty()) {
      long most = needed(toProject.get(toProject.size() - 1), cells) - failedNow(layers);
      FailureProjection projector = projector(layers, most, done);
      for (double share : toProject) {
        long needed = needed(share, cells);
        failures.add(projected(share, needed, needed - failedNow(layers), projector));
      }
    }
    return failures;
  }

  /**
   * Whether cells go on wearing as supposed once some have failed: not where all wear alike and
   * rows that fail are given up, with all their cells.
   */
  private boolean wearAlikeToTheEnd() {
    return !sharesCrossbars() || scenario.retire().isEmpty();
  }

  private static long needed(double share, long cells) {
    return Math.max(1, (long) Math.ceil(share * cells));
  }

  /** When the next cell of some layers fails, by seed. */
  private double[] firstFailureBySeed(List<LayerWear> ofRun) {
    List<LayerWear> layers = ofRun.stream().sorted(BY_NAME).toList();
    long done = layers.stream().mapToLong(LayerWear::iterations).min().orElse(0);
    return projector(layers, 1, done).bySeed(1);
  }

  /** By the cells themselves of the layers whose levellers know them, drawn anew of the others. */
  private FailureProjection projector(List<LayerWear> layers, long most, long done) {
    Map<Boolean, List<LayerWear>> byKnown =
        layers.stream().collect(Collectors.partitioningBy(this::levelsByEndurance));
    List<LayerWear> known = byKnown.getOrDefault(true, List.of());
    List<LayerWear> others = byKnown.getOrDefault(false, List.of());
    if (known.isEmpty()) {
      return projection(layers, new double[0], done);
    }
    OwnCells own = ownCells(known, Math.min(most, cells(known)), done);
    return others.isEmpty() ? own : projection(others, own.times(), done);
  }

  private boolean levelsByEndurance(LayerWear layer) {
    return scenario.forLayer(layer.layer()).levelsByEndurance() && !sharesCrossbars();
  }

  private OwnCells ownCells(List<LayerWear> layers, long most, long done) {
    OwnCells own = new OwnCells();
    for (LayerWear layer : layers) {
      layer.addTo(
          own,
          new DeviceCells(device(layer), layer.layer(), arrays),
          weakest.ofRows(layer.layer()));
    }
    own.project(Math.toIntExact(Math.max(1, most)), layers.get(0).halfIterations(), done);
    return own;
  }

  private static long failedNow(List<LayerWear> layers) {
    return layers.stream().mapToLong(LayerWear::failedNow).sum();
  }

  private static FailureTime projected(
      double share, long needed, long failures, FailureProjection projector) {
    Optional<Projection.Band> band = projector.after(failures);
    return new FailureTime(
        share,
        needed,
        true,
        rounded(band.map(Projection.Band::median)),
        rounded(band.map(Projection.Band::low)),
        rounded(band.map(Projection.Band::high)));
  }

  private static OptionalDouble rounded(Optional<Double> iterations) {
    return iterations.isPresent() && !iterations.get().isNaN()
        ? OptionalDouble.of(Math.rint(iterations.get()))
        : OptionalDouble.empty();
  }

  /**
   * @param known when cells of other layers will fail, ascending
   */
  private Projection projection(List<LayerWear> layers, double[] known, long done) {
    if (sharesCrossbars()) {
      return new Projection(
          List.of(new Projection.Part(List.of(evenSpread(layers, done)), law(layers.get(0)))),
          done);
    }
    List<Projection.Part> parts = new ArrayList<>();
    for (LayerWear layer : layers) {
      Growth growth = new Growth();
      layer.addTo(growth, device(layer).cellsPerWeight());
      parts.add(
          new Projection.Part(
              growth.units(layer.halfIterations(), layer.iterations()), law(layer)));
    }
    return new Projection(parts, known, done);
  }

  /** Contents that change crossbars come to all cells in the end, and wear them alike. */
  private Growth.Unit evenSpread(List<LayerWear> layers, long done) {
    double cells = cells(layers);
    int perWeight = device(layers.get(0)).cellsPerWeight();
    double writes =
        layers.stream().mapToLong(l -> l.updateCellWrites() + l.levellingCellWrites()).sum()
            * (double) perWeight;
    double before = layers.stream().mapToLong(LayerWear::halfCellWrites).sum() * (double) perWeight;
    double later = Math.max(1, done - layers.get(0).halfIterations());
    return new Growth.Unit(Math.round(writes / cells), (writes - before) / later / cells, cells);
  }

  private record Change(long iteration, long by) {}

  /** The first iteration in which so many cells had failed. */
  private static Optional<Long> measured(List<LayerWear> layers, long needed) {
    List<Change> changes = new ArrayList<>();
    for (LayerWear layer : layers) {
      long before = 0;
      for (LifetimeReport.FailedCells failed : layer.failedCells()) {
        changes.add(new Change(failed.iteration(), failed.cells() - before));
        before = failed.cells();
      }
    }
    changes.sort(Comparator.comparingLong(Change::iteration));
    long failed = 0;
    for (int i = 0; i < changes.size(); i++) {
      failed += changes.get(i).by();
      boolean isLast =
          i + 1 == changes.size() || changes.get(i + 1).iteration() > changes.get(i).iteration();
      if (isLast && failed >= needed) {
        return Optional.of(changes.get(i).iteration());
      }
    }
    return Optional.empty();
  }
}
