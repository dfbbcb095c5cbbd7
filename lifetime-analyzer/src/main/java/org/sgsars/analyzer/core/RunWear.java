package org.sgsars.analyzer.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.sgsars.analyzer.core.LifetimeReport.AccuracyPoint;
import org.sgsars.analyzer.core.LifetimeReport.CellWear;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;
import org.sgsars.device.Device;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.CrossLayerSettings;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.policy.PolicyFamily;

/**
 * Follows one run's wear and turns it into lifetime.
 *
 * <p>A scenario's lifetime extension is iterations / writes of its most worn cell; dense training
 * writes every cell once per iteration, so this is how many times longer the engine lives. Its
 * bound is what the same updates would reach if each layer's writes were spread evenly over all
 * cells of the layer's array, at no cost: iterations * P * C / cell writes by updates, of the
 * weakest layer; with tiles that change places across layers, over all cells of the network. With
 * one row per layer and iteration that is the smallest layer's P.
 */
public final class RunWear {
  private static final int MAX_WARNINGS = 100;

  private final RunPlan plan;
  private final Policies policies;
  private final List<List<LayerWear>> wear = new ArrayList<>();
  private final List<Optional<DeviceWear>> devices = new ArrayList<>();

  /** By scenario, then by iterations. */
  private final List<TreeMap<Long, AccuracyPoint>> accuracies = new ArrayList<>();

  /** Scenarios of which no more accuracy comes, where the program that trains says so. */
  private final Set<Integer> fullyTested = new HashSet<>();

  /** Layers that cannot go on, by the scenario they ended in. */
  private final List<Set<String>> endedLayers = new ArrayList<>();

  private final Set<String> warnings = new LinkedHashSet<>();

  /** Ends of layers that were warned of, without the places of their records. */
  private final Set<String> ends = new HashSet<>();

  private final Set<String> abortReasons = new LinkedHashSet<>();
  private long warningsLeftOut;
  private long lastReportAtMs;

  /**
   * @param policies the devices that a run can name, and its other policies for their defaults; of
   *     a device that is not there, the report warns
   */
  public RunWear(RunPlan plan, Policies policies) {
    this.plan = plan;
    this.policies = policies;
    RunDevices ofRun = new RunDevices(plan, policies);
    for (int s = 0; s < plan.scenarios().size(); s++) {
      ScenarioPlan scenario = plan.scenarios().get(s);
      List<LayerWear> layers = new ArrayList<>();
      for (int l = 0; l < plan.layers().size(); l++) {
        layers.add(new LayerWear(plan, s, l));
      }
      wear.add(layers);
      devices.add(device(scenario, ofRun));
      accuracies.add(new TreeMap<>());
      endedLayers.add(new HashSet<>());
    }
  }

  private Optional<DeviceWear> device(ScenarioPlan scenario, RunDevices ofRun) {
    try {
      return scenario.device().isEmpty()
          ? Optional.empty()
          : Optional.of(
              new DeviceWear(ofRun, devicesOfLayers(scenario, ofRun), scenario, plan.layers()));
    } catch (IllegalArgumentException e) {
      warn("scenario %s: %s".formatted(scenario.name(), e.getMessage()));
    } catch (RuntimeException | Error e) {
      warnOfDevice(scenario, e);
    }
    return Optional.empty();
  }

  /** The scenario's device but for layers that have another. */
  private List<Device> devicesOfLayers(ScenarioPlan scenario, RunDevices ofRun) {
    Device own = ofRun.of(scenario);
    return IntStream.range(0, plan.layers().size())
        .mapToObj(scenario::forLayer)
        .map(layer -> layer.device().isPresent() ? ofRun.of(layer) : own)
        .toList();
  }

  /** A device that throws has no say in the report, which goes on without it. */
  private void warnOfDevice(ScenarioPlan scenario, Throwable thrown) {
    if (thrown instanceof OutOfMemoryError error) {
      throw error;
    }
    String kind = scenario.device().map(PolicyChoice::kind).orElse("none");
    warn(
        "scenario %s: %s"
            .formatted(
                scenario.name(), PolicyFailure.of(PolicyFamily.DEVICE, kind, thrown).getMessage()));
  }

  public RunPlan plan() {
    return plan;
  }

  /**
   * Adds a part of a wear report.
   *
   * @param atMs when it was reported
   * @throws IllegalArgumentException if it does not fit the run, naming what does not
   */
  public void add(WearPart part, long atMs) {
    if (part.scenario() < 0
        || part.scenario() >= plan.scenarios().size()
        || part.layer() < 0
        || part.layer() >= plan.layers().size()) {
      throw new IllegalArgumentException(
          "scenario %d, layer %d are not of run %s"
              .formatted(part.scenario(), part.layer(), plan.run()));
    }
    wear.get(part.scenario()).get(part.layer()).add(part);
    lastReportAtMs = Math.max(lastReportAtMs, atMs);
  }

  /**
   * Adds a test of accuracy.
   *
   * @param accuracy of no images where the program that trains says that nothing more comes
   * @param atMs when it was reported
   * @throws IllegalArgumentException if it does not fit the run, naming what does not
   */
  public void add(int scenario, AccuracyPoint accuracy, long atMs) {
    if (!plan.trains(scenario)) {
      throw new IllegalArgumentException(
          "scenario %d of run %s does not train, and has no accuracy"
              .formatted(scenario, plan.run()));
    }
    if (accuracy.iterations() < 0
        || accuracy.iterations() > plan.iterations()
        || accuracy.correct() < 0
        || accuracy.correct() > accuracy.images()
        || accuracy.images() < (isTestedElsewhere() ? 0 : 1)) {
      throw new IllegalArgumentException(
          "accuracy of %d in %d images after %d of %d iterations cannot be"
              .formatted(
                  accuracy.correct(), accuracy.images(), accuracy.iterations(), plan.iterations()));
    }
    if (accuracy.images() > 0) {
      accuracies.get(scenario).put(accuracy.iterations(), accuracy);
    } else {
      fullyTested.add(scenario);
    }
    lastReportAtMs = Math.max(lastReportAtMs, atMs);
  }

  /** A record of the run could not be used; every layer goes on. */
  public void badRecord(String reason) {
    warn(reason);
  }

  /**
   * A layer cannot go on because of a record that could not be used. Of copies of the record, which
   * a service sends that lost what it had, one is warned of.
   *
   * @param place of the record
   * @param scenarios indices of those in which it ends; empty for all
   */
  public void endLayer(String place, String reason, String layer, List<Integer> scenarios) {
    if (ends.add(reason + layer + scenarios)) {
      warn(place + ", " + reason);
    }
    for (int s = 0; s < endedLayers.size(); s++) {
      if (scenarios.isEmpty() || scenarios.contains(s)) {
        endedLayers.get(s).add(layer);
      }
    }
  }

  /** The run ends before its last iteration. */
  public void abort(String reason) {
    abortReasons.add(reason);
  }

  /**
   * The run has timed out. Where some layers came to their end, the others are named: a producer of
   * those is missing.
   */
  public void abandon(String reason) {
    List<String> missing =
        IntStream.range(0, plan.layers().size())
            .filter(l -> wear.stream().anyMatch(of -> isUnfinished(of.get(l))))
            .mapToObj(l -> plan.layers().get(l).name())
            .toList();
    boolean isAll = missing.isEmpty() || missing.size() == plan.layers().size();
    abort(isAll ? reason : reason + "; not whole: " + String.join(", ", missing));
  }

  private boolean isUnfinished(LayerWear layer) {
    return layer.iterations() < plan.iterations();
  }

  /**
   * The run is sent again from its beginning: what ended it early no longer counts.
   *
   * @return whether something had ended it
   */
  public boolean resume() {
    boolean hadEnded = !abortReasons.isEmpty();
    abortReasons.clear();
    return hadEnded;
  }

  private void warn(String warning) {
    if (warnings.size() < MAX_WARNINGS || warnings.contains(warning)) {
      warnings.add(warning);
    } else {
      warningsLeftOut++;
    }
  }

  /**
   * The warnings, what was left out as a number, and the reason of an abort whatever their number.
   */
  private List<String> allWarnings() {
    List<String> all = new ArrayList<>(warnings);
    if (warningsLeftOut > 0) {
      all.add("and %d more records that could not be used".formatted(warningsLeftOut));
    }
    all.addAll(abortReasons);
    return all;
  }

  /** Whether no more wear and accuracy are to be waited for. */
  public boolean isDone() {
    if (!abortReasons.isEmpty()) {
      return true;
    }
    for (int s = 0; s < wear.size(); s++) {
      List<LayerWear> layers = wear.get(s);
      for (int l = 0; l < layers.size(); l++) {
        if (isUnfinished(layers.get(l))
            && !endedLayers.get(s).contains(plan.layers().get(l).name())) {
          return false;
        }
      }
      // Where a layer has ended, its training has too.
      if (endedLayers.get(s).isEmpty() && !hasAllAccuracy(s)) {
        return false;
      }
    }
    return true;
  }

  private boolean isTestedElsewhere() {
    return plan.training().filter(training -> training.accuracyInterval() == 0).isPresent();
  }

  private boolean hasAllAccuracy(int scenario) {
    return !plan.trains(scenario)
        || (isTestedElsewhere()
            ? fullyTested.contains(scenario)
            : accuracies.get(scenario).containsKey(plan.iterations()));
  }

  /** When wear was reported last, in milliseconds since 1970-01-01 UTC; 0 if none was. */
  public long lastReportAtMs() {
    return lastReportAtMs;
  }

  /** Whether it came to its last iteration, and every record could be used. */
  public boolean isComplete() {
    return allWarnings().isEmpty()
        && iterations() == plan.iterations()
        && IntStream.range(0, wear.size()).allMatch(this::hasAllAccuracy);
  }

  /** Iterations that all scenarios and layers have reported. */
  public long iterations() {
    return wear.stream().flatMap(List::stream).mapToLong(LayerWear::iterations).min().orElse(0);
  }

  /** What can be said now. */
  public LifetimeReport report() {
    List<ScenarioLifetime> scenarios = new ArrayList<>();
    List<TimelinePoint> timeline = new ArrayList<>();
    for (int s = 0; s < wear.size(); s++) {
      scenarios.add(lifetime(s));
      wear.get(s).forEach(layer -> timeline.addAll(layer.timeline()));
    }
    timeline.sort(
        Comparator.comparingLong(TimelinePoint::iterations)
            .thenComparingInt(TimelinePoint::scenario)
            .thenComparingInt(TimelinePoint::layer));
    return new LifetimeReport(
        plan,
        lastReportAtMs,
        iterations(),
        isComplete(),
        allWarnings(),
        WearFindings.of(plan, wear, scenarios),
        scenarios,
        timeline);
  }

  private ScenarioLifetime lifetime(int index) {
    ScenarioPlan scenario = plan.scenarios().get(index);
    List<AccuracyPoint> accuracy = List.copyOf(accuracies.get(index).values());
    if (devices.get(index).isPresent()) {
      try {
        return lifetime(scenario, wear.get(index), devices.get(index), accuracy);
      } catch (RuntimeException | Error e) {
        warnOfDevice(scenario, e);
        devices.set(index, Optional.empty());
      }
    }
    return lifetime(scenario, wear.get(index), Optional.empty(), accuracy);
  }

  private ScenarioLifetime lifetime(
      ScenarioPlan scenario,
      List<LayerWear> all,
      Optional<DeviceWear> device,
      List<AccuracyPoint> accuracy) {
    List<LayerWear> layers = all.stream().filter(layer -> !layer.isDigital()).toList();
    long updates = layers.stream().mapToLong(LayerWear::updateCellWrites).sum();
    long levelling = layers.stream().mapToLong(LayerWear::levellingCellWrites).sum();
    long cells = layers.stream().mapToLong(LayerWear::cells).sum();
    OptionalDouble shared = sharedBound(scenario, layers, updates);
    List<LayerLifetime> lifetimes =
        all.stream()
            .map(
                layer ->
                    layer.lifetime(
                        shared,
                        device.filter(d -> !layer.isDigital()).map(d -> d.ofLayer(layer)),
                        device
                            .filter(d -> !layer.isDigital())
                            .map(d -> d.rowEndurance(layer))
                            .orElse(new long[0])))
            .toList();
    OptionalDouble extension = least(lifetimes, LayerLifetime::lifetimeExtension);
    OptionalDouble bound = least(lifetimes, LayerLifetime::bound);
    return new ScenarioLifetime(
        new ScenarioLifetime.Label(
            scenario.name(),
            plan.sparsifierOf(scenario).toString(),
            scenario.levellersText(),
            ScenarioSettings.of(plan, scenario, policies)),
        new ScenarioLifetime.Arrays(
            scenario.crossbarSize(), scenario.spareRows(), scenario.stateBitsPerRow()),
        new CellWear(
            layers.stream().mapToLong(LayerWear::maxCellWrites).max().orElse(0),
            (double) (updates + levelling) / cells,
            extension,
            bound),
        new ScenarioLifetime.Levelling(
            extension.isPresent() && bound.isPresent()
                ? OptionalDouble.of(extension.getAsDouble() / bound.getAsDouble())
                : OptionalDouble.empty(),
            least(lifetimes, LayerLifetime::efficiency),
            updates > 0 ? OptionalDouble.of((double) levelling / updates) : OptionalDouble.empty(),
            Retirement.ofAll(
                lifetimes.stream().flatMap(layer -> layer.retirement().stream()).toList())),
        device.map(d -> d.ofNetwork(layers)),
        accuracy,
        lifetimes);
  }

  /**
   * Where contents change crossbars across layers, what an even spread over all cells of the
   * network would reach; over the columns that no layer uses too, if they are shared.
   */
  private OptionalDouble sharedBound(
      ScenarioPlan scenario, List<LayerWear> layers, long updateCellWrites) {
    if (scenario.crossLayer().isEmpty() || updateCellWrites == 0) {
      return OptionalDouble.empty();
    }
    boolean sharesColumns = CrossLayerSettings.sharesColumns(scenario);
    long cells =
        sharesColumns
            ? plan.layers().stream().mapToLong(l -> scenario.array(l).cellsOfCrossbars()).sum()
            : layers.stream().mapToLong(LayerWear::cells).sum();
    long iterations = layers.stream().mapToLong(LayerWear::iterations).min().orElse(0);
    return iterations > 0
        ? OptionalDouble.of((double) iterations * cells / updateCellWrites)
        : OptionalDouble.empty();
  }

  /** The least of what the layers have; empty if none has it. */
  private static OptionalDouble least(
      List<LayerLifetime> layers, Function<LayerLifetime, OptionalDouble> value) {
    return layers.stream().map(value).flatMapToDouble(OptionalDouble::stream).min();
  }
}
