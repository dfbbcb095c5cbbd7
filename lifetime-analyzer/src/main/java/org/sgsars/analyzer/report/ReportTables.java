package org.sgsars.analyzer.report;

import static org.sgsars.analyzer.report.Table.flag;
import static org.sgsars.analyzer.report.Table.number;
import static org.sgsars.analyzer.report.Table.text;
import static org.sgsars.analyzer.report.Table.whole;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.AccuracyPoint;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailedCells;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.Sweep;

/** The report's tables. */
final class ReportTables {
  /** All of them. */
  static final List<Table> ALL =
      List.of(
          new Table(
              "schemes",
              List.of(
                  text("scenario"),
                  text("sparsifier"),
                  text("leveller"),
                  whole("crossbarSize"),
                  whole("spareRows"),
                  whole("maxCellWrites"),
                  number("meanCellWrites"),
                  number("lifetimeExtension"),
                  number("bound"),
                  number("efficiency"),
                  number("leastLayerEfficiency"),
                  number("overhead"),
                  number("stateBitsPerRow"),
                  number("firstLoss"),
                  flag("firstLossProjected"),
                  number("firstLossLow"),
                  number("firstLossHigh"),
                  whole("lostWeights"),
                  number("firstLossBound"),
                  number("firstLossEfficiency"),
                  text("sweep")),
              ReportTables::schemes),
          new Table(
              "sweeps",
              List.of(
                  text("sweep"),
                  text("scenario"),
                  text("setting"),
                  text("value"),
                  number("number")),
              ReportTables::sweeps),
          new Table(
              "wear",
              List.of(
                  text("scenario"),
                  text("layer"),
                  whole("physicalRow"),
                  whole("logicalRow"),
                  whole("rowWrites"),
                  whole("maxCellWrites"),
                  whole("weakestCellEndures")),
              ReportTables::wear),
          new Table(
              "timeline",
              List.of(
                  whole("iteration"),
                  text("scenario"),
                  text("layer"),
                  whole("maxCellWrites"),
                  number("meanCellWrites"),
                  whole("failedCells"),
                  whole("lostWeights"),
                  number("gini")),
              ReportTables::timeline),
          new Table(
              "lifetime",
              List.of(
                  text("scenario"),
                  text("layer"),
                  number("failedShare"),
                  whole("failedCells"),
                  flag("projected"),
                  number("iterations"),
                  number("low"),
                  number("high"),
                  number("epochs"),
                  number("days")),
              ReportTables::lifetime),
          new Table(
              "failures",
              List.of(text("scenario"), text("layer"), whole("iteration"), whole("failedCells")),
              ReportTables::failures),
          RetirementTable.TABLE,
          new Table(
              "accuracy",
              List.of(
                  text("scenario"),
                  whole("iteration"),
                  whole("images"),
                  whole("correct"),
                  number("accuracy"),
                  number("loss")),
              ReportTables::accuracy));

  private ReportTables() {}

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static void schemes(LifetimeReport report, Table.RowWriter writer) throws IOException {
    for (int i = 0; i < report.scenarios().size(); i++) {
      ScenarioLifetime scenario = report.scenarios().get(i);
      Optional<DeviceLifetime> device = scenario.onDevice();
      Optional<FirstLoss> loss = device.flatMap(DeviceLifetime::firstLoss);
      writer.row(
          scenario.name(),
          scenario.sparsifier(),
          scenario.leveller(),
          (long) scenario.crossbarSize(),
          (long) scenario.spareRows(),
          scenario.maxCellWrites(),
          scenario.meanCellWrites(),
          orNull(scenario.lifetimeExtension()),
          orNull(scenario.bound()),
          orNull(scenario.efficiency()),
          orNull(scenario.leastLayerEfficiency()),
          orNull(scenario.overhead()),
          orNull(scenario.stateBitsPerRow()),
          loss.map(FirstLoss::iterations).orElse(null),
          loss.map(FirstLoss::projected).orElse(null),
          loss.map(l -> orNull(l.lowIfKnown())).orElse(null),
          loss.map(l -> orNull(l.highIfKnown())).orElse(null),
          device.map(DeviceLifetime::lostWeights).orElse(null),
          loss.map(l -> orNull(l.bound())).orElse(null),
          loss.map(l -> orNull(l.efficiency())).orElse(null),
          report.plan().sweepOf(i).map(Sweep::name).orElse(null));
    }
  }

  private static void sweeps(LifetimeReport report, Table.RowWriter writer) throws IOException {
    for (Sweep sweep : report.plan().sweeps()) {
      for (int scenario : SweepResults.scenariosOf(sweep)) {
        List<Object> values = sweep.valuesOf(scenario);
        for (int i = 0; i < values.size(); i++) {
          writer.row(
              sweep.name(),
              report.scenarios().get(scenario).name(),
              sweep.ranges().get(i).setting(),
              SweepTable.text(values.get(i)),
              values.get(i) instanceof Number number ? (Double) number.doubleValue() : null);
        }
      }
    }
  }

  private static void wear(LifetimeReport report, Table.RowWriter writer) throws IOException {
    for (ScenarioLifetime scenario : report.scenarios()) {
      for (LayerLifetime layer : scenario.layers()) {
        int[] held = layer.physicalToLogical();
        long[] most = layer.mostOfRows();
        long[] endurance = layer.rowEndurance();
        for (int row = 0; row < layer.physicalRows(); row++) {
          writer.row(
              scenario.name(),
              layer.shape().name(),
              (long) row,
              held[row] < 0 ? null : (Long) (long) held[row],
              layer.rowWrites()[row],
              most[row],
              endurance.length == 0 ? null : (Long) endurance[row]);
        }
      }
    }
  }

  private static void timeline(LifetimeReport report, Table.RowWriter writer) throws IOException {
    for (TimelinePoint point : report.timeline()) {
      writer.row(
          point.iterations(),
          report.plan().scenarios().get(point.scenario()).name(),
          report.plan().layers().get(point.layer()).name(),
          point.maxCellWrites(),
          point.meanCellWrites(),
          point.failedCells(),
          point.lostWeights(),
          point.gini());
    }
  }

  private static void lifetime(LifetimeReport report, Table.RowWriter writer) throws IOException {
    for (ScenarioLifetime scenario : report.scenarios()) {
      lifetime(report, scenario.name(), null, scenario.onDevice(), writer);
      for (LayerLifetime layer : scenario.layers()) {
        lifetime(report, scenario.name(), layer.shape().name(), layer.onDevice(), writer);
      }
    }
  }

  /**
   * @param layer null for the network
   */
  private static void lifetime(
      LifetimeReport report,
      String scenario,
      @Nullable String layer,
      Optional<DeviceLifetime> onDevice,
      Table.RowWriter writer)
      throws IOException {
    for (FailureTime failure : onDevice.map(DeviceLifetime::failures).orElse(List.of())) {
      writer.row(
          scenario,
          layer,
          failure.share(),
          failure.cells(),
          failure.projected(),
          orNull(failure.iterations()),
          orNull(failure.low()),
          orNull(failure.high()),
          orNull(report.plan().time().epochs(failure.iterations())),
          orNull(report.plan().time().days(failure.iterations())));
    }
  }

  private static void accuracy(LifetimeReport report, Table.RowWriter writer) throws IOException {
    for (ScenarioLifetime scenario : report.scenarios()) {
      for (AccuracyPoint test : scenario.accuracy()) {
        writer.row(
            scenario.name(),
            test.iterations(),
            (long) test.images(),
            (long) test.correct(),
            test.share(),
            Double.isFinite(test.loss()) ? (Double) test.loss() : null);
      }
    }
  }

  private static void failures(LifetimeReport report, Table.RowWriter writer) throws IOException {
    for (ScenarioLifetime scenario : report.scenarios()) {
      for (LayerLifetime layer : scenario.layers()) {
        for (FailedCells failed : layer.failedCells()) {
          writer.row(scenario.name(), layer.shape().name(), failed.iteration(), failed.cells());
        }
      }
    }
  }
}
