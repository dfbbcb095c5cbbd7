package org.sgsars.analyzer.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.AccuracyPoint;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;
import org.sgsars.analyzer.core.Retirement;
import org.sgsars.analyzer.core.RowBuckets;
import org.sgsars.analyzer.core.SweepNotices;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Sweep;

/**
 * A run in numbers that fit a screen: its scenarios' lifetimes, and how wear grew over all layers.
 */
final class RunSummary {
  /** More points than a chart has pixels for would only cost time. */
  private static final int MOST_POINTS = 200;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final LifetimeReport report;

  private RunSummary(LifetimeReport report) {
    this.report = report;
  }

  static ObjectNode of(LifetimeReport report) {
    return new RunSummary(report).summary();
  }

  private ObjectNode summary() {
    ObjectNode summary = JSON.objectNode();
    summary.put("run", report.plan().run());
    summary.put("name", report.plan().name());
    summary.put("source", report.plan().source());
    summary.put("createdAt", Instant.ofEpochMilli(report.plan().createdAtMs()).toString());
    summary.put("updatedAt", Instant.ofEpochMilli(report.finishedAtMs()).toString());
    summary.put("iterations", report.iterations());
    summary.put("plannedIterations", report.plan().iterations());
    summary.put("complete", report.complete());
    ArrayNode warnings = summary.putArray("warnings");
    report.warnings().forEach(warnings::add);
    ArrayNode notices = summary.putArray("notices");
    report.notices().forEach(notices::add);
    ArrayNode sweeps = summary.putArray("noticeSweeps");
    SweepNotices.sweeps(report.plan(), report.notices())
        .forEach(sweep -> sweep.ifPresentOrElse(of -> sweeps.add(of.name()), sweeps::addNull));
    ArrayNode layers = summary.putArray("layers");
    for (LayerShape layer : report.plan().layers()) {
      layers
          .addObject()
          .put("name", layer.name())
          .put("logicalRows", layer.rows())
          .put("columns", layer.columns())
          .put("map", layer.map().text());
    }
    ArrayNode scenarios = summary.putArray("scenarios");
    for (int i = 0; i < report.scenarios().size(); i++) {
      scenarios.add(scenario(i, report.scenarios().get(i)));
    }
    return summary;
  }

  private ObjectNode scenario(int index, ScenarioLifetime scenario) {
    ObjectNode node = JSON.objectNode();
    node.put("name", scenario.name());
    report.plan().sweepOf(index).ifPresent(sweep -> sweep(node, sweep, index));
    node.put("sparsifier", scenario.sparsifier());
    node.put("leveller", scenario.leveller());
    ObjectNode settings = node.putObject("settings");
    scenario.settings().forEach(settings::put);
    node.put("crossbarSize", scenario.crossbarSize());
    node.put("spareRows", scenario.spareRows());
    node.put("maxCellWrites", scenario.maxCellWrites());
    node.put("meanCellWrites", scenario.meanCellWrites());
    put(node, "lifetimeExtension", scenario.lifetimeExtension());
    put(node, "bound", scenario.bound());
    put(node, "efficiency", scenario.efficiency());
    put(node, "leastLayerEfficiency", scenario.leastLayerEfficiency());
    put(node, "overhead", scenario.overhead());
    put(node, "stateBitsPerRow", scenario.stateBitsPerRow());
    scenario.retirement().ifPresent(costs -> retirement(node, costs));
    scenario
        .onDevice()
        .ifPresent(
            device -> {
              ObjectNode of = device(device);
              of.put("weights", scenario.weights());
              commonMedian(index).ifPresent(writes -> of.put("median", writes));
              node.set("device", of);
            });
    if (report.plan().trains(index)) {
      accuracy(node, scenario);
    }
    node.set("timeline", timeline(index, scenario));
    ArrayNode layers = node.putArray("layers");
    for (int i = 0; i < scenario.layers().size(); i++) {
      LayerLifetime layer = scenario.layers().get(i);
      ObjectNode of = layers.addObject();
      ArrayNode crossbars = of.putArray("crossbars");
      ScenarioPlan own = report.plan().scenarios().get(index).forLayer(i);
      long[] most = layer.mostOfRows();
      long[] wordlines =
          layer.isDigital() ? most : wordlines(most, own.array(layer.shape()).rowsOfBlock());
      Arrays.stream(RowBuckets.most(wordlines, own.crossbarSize())).forEach(crossbars::add);
      of.put("maxCellWrites", layer.maxCellWrites());
      put(of, "lifetimeExtension", layer.lifetimeExtension());
      put(of, "efficiency", layer.efficiency());
      layer.onDevice().ifPresent(device -> losses(of, device));
    }
    return node;
  }

  /** What giving up failed rows costs, with the keys of report.json. */
  private static void retirement(ObjectNode node, Retirement costs) {
    ObjectNode of = node.putObject("retirement");
    of.put("verifyReads", costs.reads().verify());
    of.putObject("readPasses")
        .put("atEnd", costs.reads().passesAtEnd())
        .put("mean", costs.reads().meanPasses())
        .put("most", costs.reads().mostPasses());
    of.put("retiredRows", costs.rows().retired());
    of.put("spareRows", costs.rows().spare());
    of.put("spareRowsUsed", costs.rows().spareUsed());
  }

  private static void sweep(ObjectNode node, Sweep sweep, int scenario) {
    ObjectNode of = node.putObject("sweep");
    of.put("name", sweep.name());
    ObjectNode values = of.putObject("values");
    for (int i = 0; i < sweep.ranges().size(); i++) {
      values.putPOJO(sweep.ranges().get(i).setting(), sweep.valuesOf(scenario).get(i));
    }
  }

  /** Of the most worn cell on each, in whatever block of columns. */
  private static long[] wordlines(long[] mostOfRows, int rowsOfBlock) {
    long[] most = Arrays.copyOf(mostOfRows, rowsOfBlock);
    for (int row = rowsOfBlock; row < mostOfRows.length; row++) {
      most[row % rowsOfBlock] = Math.max(most[row % rowsOfBlock], mostOfRows[row]);
    }
    return most;
  }

  private static void accuracy(ObjectNode node, ScenarioLifetime scenario) {
    put(node, "accuracy", scenario.lastAccuracy());
    ObjectNode tests = node.putObject("accuracies");
    ArrayNode iterations = tests.putArray("iterations");
    ArrayNode shares = tests.putArray("accuracy");
    for (AccuracyPoint test : thinned(scenario.accuracy(), MOST_POINTS)) {
      iterations.add(test.iterations());
      shares.add(test.share());
    }
  }

  /** Of a scenario whose layers all have the same; empty otherwise. */
  private OptionalDouble commonMedian(int index) {
    ScenarioPlan scenario = report.plan().scenarios().get(index);
    List<OptionalDouble> medians =
        IntStream.range(0, report.plan().layers().size())
            .filter(layer -> !scenario.isDigital(layer))
            .mapToObj(layer -> median(scenario.forLayer(layer)))
            .distinct()
            .toList();
    return medians.size() == 1 ? medians.get(0) : OptionalDouble.empty();
  }

  /**
   * Writes that half of the cells survive, if the device says so in one number.
   *
   * @param scenario as a layer has it
   */
  static OptionalDouble median(ScenarioPlan scenario) {
    return scenario.device().stream()
        .map(PolicyChoice::settings)
        .flatMap(settings -> Stream.of("median", "writes").map(name -> (Object) settings.get(name)))
        .filter(Double.class::isInstance)
        .mapToDouble(writes -> (Double) writes)
        .findFirst();
  }

  private static ObjectNode device(DeviceLifetime device) {
    ObjectNode node = JSON.objectNode();
    node.put("cells", device.cells());
    node.put("stuckCells", device.stuckCells());
    node.put("failedCells", device.failedCells());
    losses(node, device);
    ArrayNode failures = node.putArray("lifetime");
    for (FailureTime failure : device.failures()) {
      ObjectNode of = failures.addObject();
      of.put("failedShare", failure.share());
      of.put("projected", failure.projected());
      put(of, "iterations", failure.iterations());
      put(of, "low", failure.low());
      put(of, "high", failure.high());
    }
    put(node, "updateSeconds", device.updates().seconds());
    put(node, "levellingSeconds", device.levelling().seconds());
    put(node, "updateJoules", device.updates().joules());
    put(node, "levellingJoules", device.levelling().joules());
    return node;
  }

  /** What became of the weights. */
  static void losses(ObjectNode node, DeviceLifetime device) {
    node.put("lostWeights", device.lostWeights());
    Optional<FirstLoss> first = device.firstLoss();
    if (first.isEmpty()) {
      node.putNull("firstLoss");
      return;
    }
    ObjectNode loss = node.putObject("firstLoss");
    loss.put("iterations", first.get().iterations());
    loss.put("projected", first.get().projected());
    put(loss, "low", first.get().lowIfKnown());
    put(loss, "high", first.get().highIfKnown());
    put(loss, "bound", first.get().bound());
    put(loss, "efficiency", first.get().efficiency());
  }

  /** All layers of a scenario at one time. */
  private static final class Moment {
    long most;
    double writes;
    double gini;
    long cells;
    long rows;
    long failed;
    long lost;
    int layers;
  }

  /** Only the times that all layers have reported, or the lines would jump. */
  private ObjectNode timeline(int index, ScenarioLifetime scenario) {
    Map<Long, Moment> moments = new TreeMap<>();
    for (TimelinePoint point : report.timeline()) {
      if (point.scenario() == index) {
        LayerLifetime layer = scenario.layers().get(point.layer());
        long cells = (long) layer.physicalRows() * layer.shape().columns();
        Moment moment = moments.computeIfAbsent(point.iterations(), i -> new Moment());
        moment.most = Math.max(moment.most, point.maxCellWrites());
        moment.writes += point.meanCellWrites() * cells;
        moment.gini += point.gini() * layer.physicalRows();
        moment.cells += cells;
        moment.rows += layer.physicalRows();
        moment.failed += point.failedCells();
        moment.lost += point.lostWeights();
        moment.layers++;
      }
    }
    long layers = scenario.layers().stream().filter(layer -> !layer.isDigital()).count();
    moments.values().removeIf(moment -> moment.layers < layers);
    List<Map.Entry<Long, Moment>> shown = thinned(List.copyOf(moments.entrySet()), MOST_POINTS);
    Timeline timeline = new Timeline();
    for (Map.Entry<Long, Moment> entry : shown) {
      Moment moment = entry.getValue();
      timeline.add(
          entry.getKey(),
          moment.most,
          moment.writes / moment.cells,
          moment.gini / moment.rows,
          moment.failed,
          moment.lost);
    }
    return timeline.json();
  }

  /** At most so many of a list, evenly, the last among them. */
  static <T> List<T> thinned(List<T> all, int most) {
    if (all.size() <= most) {
      return all;
    }
    List<T> some = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      some.add(all.get((int) ((long) (i + 1) * all.size() / most) - 1));
    }
    return some;
  }

  static void put(ObjectNode node, String key, OptionalDouble value) {
    if (value.isPresent()) {
      node.put(key, value.getAsDouble());
    } else {
      node.putNull(key);
    }
  }
}
