package org.sgsars.analyzer.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.SweepResults;

/**
 * The columns that decide between scenarios, one row each, at most 120 characters wide. Where a
 * device is modelled the first loss of a weight leads; the extension by writes alone leads
 * otherwise.
 */
final class ScenarioTable {
  /** Longer names are broken into lines. */
  private static final int NAME_CHARACTERS = 24;

  private static final String NONE = "-";

  private ScenarioTable() {}

  static String render(LifetimeReport report) {
    List<ColumnData<ScenarioLifetime>> columns = new ArrayList<>();
    columns.add(
        new Column()
            .header("scenario")
            .dataAlign(HorizontalAlign.LEFT)
            .maxWidth(NAME_CHARACTERS + 2, OverflowBehaviour.NEWLINE)
            .with(ScenarioLifetime::name));
    if (report.trains()) {
      columns.add(column("accuracy").with(s -> LifetimeTable.percent(s.lastAccuracy())));
    }
    if (DeviceTable.isNeeded(report)) {
      addLosses(columns);
    }
    addWrites(columns, !DeviceTable.isNeeded(report));
    return AsciiTable.getTable(
        AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
        new SweepResults(report).shownScenarios(),
        columns);
  }

  private static void addLosses(List<ColumnData<ScenarioLifetime>> columns) {
    columns.add(
        column("first loss")
            .with(s -> DeviceTable.at(s.onDevice().flatMap(DeviceLifetime::firstLoss), false)));
    columns.add(column("of bound").with(s -> ofBound(s.onDevice())));
    columns.add(column("first failure").with(s -> firstFailure(s.onDevice())));
  }

  private static void addWrites(List<ColumnData<ScenarioLifetime>> columns, boolean isAllThereIs) {
    columns.add(column("most writes").with(s -> Long.toString(s.maxCellWrites())));
    columns.add(column("extension").with(s -> LifetimeTable.times(s.lifetimeExtension())));
    if (isAllThereIs) {
      columns.add(column("bound").with(s -> LifetimeTable.times(s.bound())));
      columns.add(column("efficiency").with(s -> LifetimeTable.percent(s.efficiency())));
    }
    columns.add(column("extra writes").with(s -> LifetimeTable.percent(s.overhead())));
  }

  /** What the columns are, a line each of at most 120 characters. */
  static List<String> legend(LifetimeReport report) {
    List<String> lines = new ArrayList<>();
    if (DeviceTable.isNeeded(report)) {
      lines.add(
          "first loss: iterations until a weight lies on a worn-out cell; ~ is projected past the end of the run.");
      lines.add(
          "of bound: first loss / the longest that any placement of the same writes could put it off.");
      lines.add(
          "first failure: iterations until the first cell wears out. Cells differ, and the weakest decides.");
    }
    lines.add(
        "extension: iterations / most writes of a cell, as if all cells were alike; dense training is 1.00x.");
    if (!DeviceTable.isNeeded(report)) {
      lines.add(
          "bound: the extension if the same updates were spread evenly over each layer's array; efficiency: extension / bound.");
    }
    lines.add(
        "extra writes: writes that levelling adds / writes of updates. --wide shows more columns.");
    return lines;
  }

  private static String ofBound(Optional<DeviceLifetime> device) {
    OptionalDouble share =
        device
            .flatMap(DeviceLifetime::firstLoss)
            .map(FirstLoss::efficiency)
            .orElse(OptionalDouble.empty());
    return share.isPresent() ? DeviceTable.threeDigits(share.getAsDouble()) : NONE;
  }

  private static String firstFailure(Optional<DeviceLifetime> device) {
    return device.stream()
        .flatMap(d -> d.failures().stream())
        .filter(failure -> failure.share() == 0)
        .map((FailureTime failure) -> DeviceTable.time(failure, false))
        .findFirst()
        .orElse(NONE);
  }

  private static Column column(String header) {
    return new Column().header(header).dataAlign(HorizontalAlign.RIGHT);
  }
}
