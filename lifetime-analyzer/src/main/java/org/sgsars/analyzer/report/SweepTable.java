package org.sgsars.analyzer.report;

import java.util.ArrayList;
import java.util.List;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.Sweep;

/** The scenarios of a sweep by their swept settings, as text for a table, whatever draws it. */
final class SweepTable {
  static final String LEGEND = "* No other of the sweep reaches as much at as few extra writes.";

  private static final String NONE = "-";

  private final LifetimeReport report;
  private final SweepResults results;
  private final Sweep sweep;
  private final boolean hasDevice;

  SweepTable(LifetimeReport report, Sweep sweep) {
    this.report = report;
    this.results = new SweepResults(report);
    this.sweep = sweep;
    this.hasDevice =
        SweepResults.scenariosOf(sweep).stream()
            .anyMatch(i -> report.scenarios().get(i).onDevice().isPresent());
  }

  /** What the sweep is: {@code ars: 6 scenarios over interval x pairs}. */
  static String title(Sweep sweep) {
    return "%s: %d scenarios over %s"
        .formatted(sweep.name(), sweep.count(), String.join(" x ", sweep.labels()));
  }

  /** A value of a setting, as one would write it in an experiment file. */
  static String text(Object value) {
    if (!(value instanceof Double number)) {
      return value.toString();
    }
    boolean isWhole = number == Math.rint(number) && Math.abs(number) < 1e6;
    return isWhole
        ? Long.toString(number.longValue())
        : number.toString().replace(".0E", "e").replace("E", "e");
  }

  /** Headers, as many as each row has values; the swept settings come first. */
  List<String> headers() {
    List<String> headers = new ArrayList<>(sweep.labels());
    if (report.trains()) {
      headers.add("accuracy");
    }
    headers.addAll(List.of("most writes", "extension", "efficiency", "extra writes"));
    if (hasDevice) {
      headers.add("first loss");
    }
    return headers;
  }

  /** A row for each scenario, in their order. */
  List<List<String>> rows() {
    return SweepResults.scenariosOf(sweep).stream().map(this::row).toList();
  }

  private List<String> row(int index) {
    ScenarioLifetime scenario = report.scenarios().get(index);
    List<String> row =
        new ArrayList<>(sweep.valuesOf(index).stream().map(SweepTable::text).toList());
    if (report.trains()) {
      row.add(LifetimeTable.percent(scenario.lastAccuracy()));
    }
    row.add(Long.toString(scenario.maxCellWrites()));
    row.add(
        marked(index, SweepMetric.EXTENSION, LifetimeTable.times(scenario.lifetimeExtension())));
    row.add(LifetimeTable.percent(scenario.efficiency()));
    row.add(LifetimeTable.percent(scenario.overhead()));
    if (hasDevice) {
      row.add(
          marked(
              index,
              SweepMetric.FIRST_LOSS,
              scenario.onDevice().map(of -> DeviceTable.at(of.firstLoss(), false)).orElse(NONE)));
    }
    return row;
  }

  private String marked(int index, SweepMetric metric, String text) {
    return results.isUnbeaten(sweep, index, metric.of()) ? "* " + text : text;
  }
}
