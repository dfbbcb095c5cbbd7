package org.sgsars.analyzer.report;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailedCells;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;

/** The report's tables as CSV (RFC 4180, lines ended by a line feed). */
final class CsvFiles {
  private CsvFiles() {}

  static void schemes(LifetimeReport report, Writer out) throws IOException {
    out.write(
        "scenario,sparsifier,leveller,crossbarSize,spareRows,maxCellWrites,meanCellWrites,lifetimeExtension,bound,efficiency,leastLayerEfficiency,overhead,stateBitsPerRow\n");
    for (ScenarioLifetime scenario : report.scenarios()) {
      out.write(
          "%s,%s,%s,%d,%d,%d,%s,%s,%s,%s,%s,%s,%s\n"
              .formatted(
                  field(scenario.name()),
                  field(scenario.sparsifier()),
                  field(scenario.leveller()),
                  scenario.crossbarSize(),
                  scenario.spareRows(),
                  scenario.maxCellWrites(),
                  number(OptionalDouble.of(scenario.meanCellWrites())),
                  number(scenario.lifetimeExtension()),
                  number(scenario.bound()),
                  number(scenario.efficiency()),
                  number(scenario.leastLayerEfficiency()),
                  number(scenario.overhead()),
                  number(scenario.stateBitsPerRow())));
    }
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? NumberOutput.toString(value.getAsDouble(), true) : "";
  }

  static void wear(LifetimeReport report, Writer out) throws IOException {
    out.write("scenario,layer,physicalRow,logicalRow,rowWrites,maxCellWrites\n");
    for (ScenarioLifetime scenario : report.scenarios()) {
      for (LayerLifetime layer : scenario.layers()) {
        int[] held = physicalToLogical(layer.logicalToPhysical());
        for (int row = 0; row < layer.physicalRows(); row++) {
          // A row that holds no weights holds padding.
          String logical = held[row] < layer.shape().rows() ? Integer.toString(held[row]) : "";
          out.write(
              "%s,%s,%d,%s,%d,%d\n"
                  .formatted(
                      field(scenario.name()),
                      field(layer.shape().name()),
                      row,
                      logical,
                      layer.rowWrites()[row],
                      maxCellWrites(layer, row)));
        }
      }
    }
  }

  static void lifetime(LifetimeReport report, Writer out) throws IOException {
    out.write("scenario,layer,failedShare,failedCells,projected,iterations,low,high,epochs,days\n");
    for (ScenarioLifetime scenario : report.scenarios()) {
      lifetime(report, scenario.name(), "", scenario.onDevice(), out);
      for (LayerLifetime layer : scenario.layers()) {
        lifetime(report, scenario.name(), layer.shape().name(), layer.onDevice(), out);
      }
    }
  }

  private static void lifetime(
      LifetimeReport report,
      String scenario,
      String layer,
      Optional<DeviceLifetime> onDevice,
      Writer out)
      throws IOException {
    for (FailureTime failure : onDevice.map(DeviceLifetime::failures).orElse(List.of())) {
      out.write(
          "%s,%s,%s,%d,%b,%s,%s,%s,%s,%s\n"
              .formatted(
                  field(scenario),
                  field(layer),
                  number(OptionalDouble.of(failure.share())),
                  failure.cells(),
                  failure.projected(),
                  number(failure.iterations()),
                  number(failure.low()),
                  number(failure.high()),
                  number(report.plan().time().epochs(failure.iterations())),
                  number(report.plan().time().days(failure.iterations()))));
    }
  }

  static void failures(LifetimeReport report, Writer out) throws IOException {
    out.write("scenario,layer,iteration,failedCells\n");
    for (ScenarioLifetime scenario : report.scenarios()) {
      for (LayerLifetime layer : scenario.layers()) {
        for (FailedCells failed : layer.failedCells()) {
          out.write(
              "%s,%s,%d,%d\n"
                  .formatted(
                      field(scenario.name()),
                      field(layer.shape().name()),
                      failed.iteration(),
                      failed.cells()));
        }
      }
    }
  }

  static void timeline(LifetimeReport report, Writer out) throws IOException {
    out.write("iteration,scenario,layer,maxCellWrites,meanCellWrites,failedCells,gini\n");
    for (TimelinePoint point : report.timeline()) {
      out.write(
          "%d,%s,%s,%d,%s,%d,%s\n"
              .formatted(
                  point.iterations(),
                  field(report.plan().scenarios().get(point.scenario()).name()),
                  field(report.plan().layers().get(point.layer()).name()),
                  point.maxCellWrites(),
                  NumberOutput.toString(point.meanCellWrites(), true),
                  point.failedCells(),
                  NumberOutput.toString(point.gini(), true)));
    }
  }

  /** The logical row that each physical row holds. */
  static int[] physicalToLogical(int[] logicalToPhysical) {
    int[] held = new int[logicalToPhysical.length];
    for (int logical = 0; logical < held.length; logical++) {
      held[logicalToPhysical[logical]] = logical;
    }
    return held;
  }

  /** Writes of a row's most worn cell. */
  static long maxCellWrites(LayerLifetime layer, int row) {
    long[][] cells = layer.cellWrites();
    return cells == null ? layer.rowWrites()[row] : Arrays.stream(cells[row]).max().orElse(0);
  }

  private static String field(String text) {
    return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
