package org.sgsars.analyzer.report;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.Retirement;

/** What giving up failed rows costs, of the scenarios that do, for report.html and as a table. */
final class RetirementTable {
  /** With a line for each layer, too. */
  static final Table TABLE =
      new Table(
          "retirement",
          List.of(
              Table.text("scenario"),
              Table.text("layer"),
              Table.whole("verifyReads"),
              Table.whole("readPassesAtEnd"),
              Table.number("readPassesMean"),
              Table.whole("readPassesMost"),
              Table.whole("retiredRows"),
              Table.whole("spareRows"),
              Table.whole("spareRowsUsed")),
          RetirementTable::write);

  private RetirementTable() {}

  private static void write(LifetimeReport report, Table.RowWriter writer) throws IOException {
    for (ScenarioLifetime scenario : report.scenarios()) {
      row(scenario.name(), null, scenario.retirement(), writer);
      for (LayerLifetime layer : scenario.layers()) {
        row(scenario.name(), layer.shape().name(), layer.retirement(), writer);
      }
    }
  }

  /**
   * @param layer null for the network
   */
  private static void row(
      String scenario,
      @Nullable String layer,
      Optional<Retirement> retirement,
      Table.RowWriter writer)
      throws IOException {
    if (retirement.isPresent()) {
      Retirement.Reads reads = retirement.get().reads();
      Retirement.Rows rows = retirement.get().rows();
      writer.row(
          scenario,
          layer,
          reads.verify(),
          (long) reads.passesAtEnd(),
          reads.meanPasses(),
          (long) reads.mostPasses(),
          rows.retired(),
          rows.spare(),
          rows.spareUsed());
    }
  }

  /** Empty where no scenario gives up rows. */
  static String html(LifetimeReport report) {
    StringBuilder rows = new StringBuilder();
    for (ScenarioLifetime scenario : report.scenarios()) {
      scenario.retirement().ifPresent(costs -> rows.append(html(scenario.name(), costs)));
    }
    if (rows.isEmpty()) {
      return "";
    }
    return """
        <h2>What giving up rows costs</h2>
        <div class="scroll"><table class="device"><caption>Beside extra writes and state. Every write of a row is verified by a read. A layer is read in as many passes as blocks of columns hold its rows.</caption><thead><tr><th scope="col">scenario</th><th scope="col">reads after writes</th><th scope="col">read passes, mean</th><th scope="col">at the end</th><th scope="col">most</th><th scope="col">retired rows</th><th scope="col">spare rows used</th></tr></thead><tbody>
        %s</tbody></table></div>
        """
        .formatted(rows);
  }

  private static String html(String scenario, Retirement costs) {
    return "<tr><th scope=\"row\">%s</th><td>%d</td><td>%s</td><td>%d</td><td>%d</td><td>%d</td><td>%d of %d</td></tr>\n"
        .formatted(
            Html.escape(scenario),
            costs.reads().verify(),
            String.format(Locale.ROOT, "%.2f", costs.reads().meanPasses()),
            costs.reads().passesAtEnd(),
            costs.reads().mostPasses(),
            costs.rows().retired(),
            costs.rows().spareUsed(),
            costs.rows().spare());
  }
}
