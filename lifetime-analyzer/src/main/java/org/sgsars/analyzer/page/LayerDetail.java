package org.sgsars.analyzer.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.Snapshot;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;
import org.sgsars.analyzer.core.RowBuckets;
import org.sgsars.model.ScenarioPlan;

/**
 * One layer in every scenario: the wear of its rows now and before. Large layers come in buckets of
 * rows, so that all of it stays below a megabyte.
 */
final class LayerDetail {
  private static final int MOST_POINTS = 200;

  /** Rows over all scenarios: six numbers each, of some 40 characters in all. */
  private static final int MOST_ROWS = 20_000;

  /** Numbers over all scenarios. */
  private static final int MOST_HISTORY = 20_000;

  private static final int MOST_CELLS = 20_000;
  private static final int FEW_SNAPSHOTS = 8;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final LifetimeReport report;
  private final int layer;
  private final int scenarios;

  /** Of this layer, by scenario. */
  private final List<List<TimelinePoint>> timelines = new ArrayList<>();

  private LayerDetail(LifetimeReport report, int layer) {
    this.report = report;
    this.layer = layer;
    this.scenarios = Math.max(1, report.scenarios().size());
    report.scenarios().forEach(scenario -> timelines.add(new ArrayList<>()));
    for (TimelinePoint point : report.timeline()) {
      if (point.layer() == layer) {
        timelines.get(point.scenario()).add(point);
      }
    }
  }

  /**
   * @param layer index into the plan
   */
  static ObjectNode of(LifetimeReport report, int layer) {
    return new LayerDetail(report, layer).detail();
  }

  private ObjectNode detail() {
    ObjectNode detail = JSON.objectNode();
    detail.put("layer", report.plan().layers().get(layer).name());
    detail.put("index", layer);
    detail.put("logicalRows", report.plan().layers().get(layer).rows());
    detail.put("columns", report.plan().layers().get(layer).columns());
    detail.put("map", report.plan().layers().get(layer).map().text());
    ArrayNode all = detail.putArray("scenarios");
    for (int i = 0; i < report.scenarios().size(); i++) {
      all.add(scenario(i, report.scenarios().get(i).layers().get(layer)));
    }
    return detail;
  }

  private ObjectNode scenario(int index, LayerLifetime of) {
    ObjectNode node = JSON.objectNode();
    node.put("physicalRows", of.physicalRows());
    ScenarioPlan scenario = report.plan().scenarios().get(index);
    ScenarioPlan own = scenario.forLayer(layer);
    node.put("crossbarSize", own.crossbarSize());
    int blocks = of.isDigital() ? 1 : own.array(of.shape()).columnBlocks();
    if (blocks > 1) {
      node.put("columnBlocks", blocks);
    }
    of.onDevice()
        .ifPresent(
            device -> {
              RunSummary.median(own).ifPresent(writes -> node.put("median", writes));
              RunSummary.losses(node, device);
            });
    scenario.ownArraysText(layer).ifPresent(text -> node.put("own", text));
    int perBucket = RowBuckets.rowsPerBucket(of.physicalRows(), MOST_ROWS / scenarios);
    node.put("rowsPerBucket", perBucket);
    node.set("rowWrites", array(RowBuckets.most(of.mostOfRows(), perBucket)));
    if (perBucket == 1) {
      node.set("holds", array(asLongs(of.physicalToLogical())));
      node.set("moves", array(asLongs(of.past().moves())));
    }
    if (of.past().firstLostRows().length > 0) {
      node.set("firstLost", array(asLongs(of.past().firstLostRows())));
    }
    if (of.rowFailures().length > 0) {
      node.set("failures", array(RowBuckets.most(asLongs(of.rowFailures()), perBucket)));
    }
    if (of.rowEndurance().length > 0) {
      node.set("endurance", array(RowBuckets.least(of.rowEndurance(), perBucket)));
    }
    cells(of, node);
    history(of, node);
    node.set("timeline", timeline(index));
    of.selectedRows().ifPresent(rows -> node.set("selections", selections(rows, of, perBucket)));
    return node;
  }

  private static long[] asLongs(int[] values) {
    return Arrays.stream(values).mapToLong(value -> value).toArray();
  }

  private void cells(LayerLifetime of, ObjectNode node) {
    long[][] cells = of.cellWrites();
    if (cells == null || (long) cells.length * of.shape().columns() > MOST_CELLS / scenarios) {
      return;
    }
    ArrayNode rows = node.putArray("cellWrites");
    for (long[] row : cells) {
      rows.add(array(row));
    }
  }

  private void history(LayerLifetime of, ObjectNode node) {
    int buckets = Math.max(1, of.history().isEmpty() ? 1 : of.history().get(0).writes().length);
    int room = MOST_HISTORY / scenarios;
    List<Snapshot> shown =
        RunSummary.thinned(of.history(), Math.max(FEW_SNAPSHOTS, room / buckets));
    int merged = RowBuckets.rowsPerBucket((long) shown.size() * buckets, room);
    node.put("historyRowsPerBucket", of.rowsPerBucket() * merged);
    ArrayNode history = node.putArray("history");
    for (Snapshot snapshot : shown) {
      ObjectNode moment = history.addObject();
      moment.put("iterations", snapshot.iterations());
      moment.set("writes", array(RowBuckets.most(snapshot.writes(), merged)));
    }
  }

  private ObjectNode timeline(int index) {
    Timeline timeline = new Timeline();
    for (TimelinePoint point : RunSummary.thinned(timelines.get(index), MOST_POINTS)) {
      timeline.add(
          point.iterations(),
          point.maxCellWrites(),
          point.meanCellWrites(),
          point.gini(),
          point.failedCells(),
          point.lostWeights());
    }
    return timeline.json();
  }

  /** How often each logical row was written by updates; of buckets, the most. */
  private static ArrayNode selections(List<int[]> selected, LayerLifetime of, int perBucket) {
    long[] counts = new long[of.shape().rows()];
    for (int[] rows : selected) {
      for (int row : rows) {
        counts[row]++;
      }
    }
    return array(RowBuckets.most(counts, perBucket));
  }

  private static ArrayNode array(long[] values) {
    ArrayNode array = JSON.arrayNode(values.length);
    for (long value : values) {
      array.add(value);
    }
    return array;
  }
}
