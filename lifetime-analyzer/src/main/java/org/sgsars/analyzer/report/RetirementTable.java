package org.sgsars.analyzer.report;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.Retirement;
import org.sgsars.model.ScenarioPlan;

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
              Table.whole("spareRowsUsed"),
              Table.whole("columnBlocks"),
              Table.whole("borrowedRows")),
          RetirementTable::write);

  private RetirementTable() {}

  private static void write(LifetimeReport report, Table.RowWriter writer) throws IOException {
    for (int i = 0; i < report.scenarios().size(); i++) {
      ScenarioLifetime scenario = report.scenarios().get(i);
      ScenarioPlan plan = report.plan().scenarios().get(i);
      Where network = new Where(scenario.name(), null, null, borrowedRows(scenario, plan));
      row(network, scenario.retirement(), writer);
      for (int j = 0; j < scenario.layers().size(); j++) {
        LayerLifetime layer = scenario.layers().get(j);
        if (layer.retirement().isPresent()) {
          long blocks = plan.forLayer(j).array(layer.shape()).columnBlocks();
          Where of = new Where(scenario.name(), layer.shape().name(), blocks, plan.borrowedRows(j));
          row(of, layer.retirement(), writer);
        }
      }
    }
  }

  /** Of all layers of a scenario. */
  private static long borrowedRows(ScenarioLifetime scenario, ScenarioPlan plan) {
    return IntStream.range(0, scenario.layers().size()).mapToLong(plan::borrowedRows).sum();
  }

  /**
   * What a line of the table is about.
   *
   * @param layer null for the network
   * @param columnBlocks that the layer uses; null for the network
   * @param borrowedRows on the crossbars of other layers
   */
  private record Where(
      String scenario, @Nullable String layer, @Nullable Long columnBlocks, long borrowedRows) {}

  private static void row(Where of, Optional<Retirement> retirement, Table.RowWriter writer)
      throws IOException {
    if (retirement.isPresent()) {
      Retirement.Reads reads = retirement.get().reads();
      Retirement.Rows rows = retirement.get().rows();
      writer.row(
          of.scenario,
          of.layer,
          reads.verify(),
          (long) reads.passesAtEnd(),
          reads.meanPasses(),
          (long) reads.mostPasses(),
          rows.retired(),
          rows.spare(),
          rows.spareUsed(),
          of.columnBlocks,
          of.borrowedRows);
    }
  }

  /** Empty where no scenario gives up rows. */
  static String html(LifetimeReport report) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < report.scenarios().size(); i++) {
      ScenarioLifetime scenario = report.scenarios().get(i);
      if (scenario.retirement().isPresent()) {
        long borrowed = borrowedRows(scenario, report.plan().scenarios().get(i));
        rows.append(html(scenario, scenario.retirement().get(), borrowed));
      }
    }
    if (rows.isEmpty()) {
      return "";
    }
    return """
        <h2>What giving up rows costs</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Table of what giving up rows costs"><table class="device"><caption>Every write of a row is verified by a read. A layer is read in as many passes as blocks of columns hold its rows. Borrowed rows are spare ones on the crossbars of other layers.</caption><thead><tr><th scope="col">scenario</th><th scope="col">extra writes</th><th scope="col">state bits per row</th><th scope="col">reads after writes</th><th scope="col">read passes, mean</th><th scope="col">at the end</th><th scope="col">most</th><th scope="col">retired rows</th><th scope="col">spare rows used</th><th scope="col">rows borrowed</th></tr></thead><tbody>
        %s</tbody></table></div>
        """
        .formatted(rows);
  }

  private static String html(ScenarioLifetime scenario, Retirement costs, long borrowed) {
    return "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%d</td><td>%s</td><td>%d</td><td>%d</td><td>%d</td><td>%d of %d</td><td>%d</td></tr>\n"
        .formatted(
            Html.escape(scenario.name()),
            number("%.1f %%", scenario.overhead(), 100),
            number("%.1f", scenario.stateBitsPerRow(), 1),
            costs.reads().verify(),
            String.format(Locale.ROOT, "%.2f", costs.reads().meanPasses()),
            costs.reads().passesAtEnd(),
            costs.reads().mostPasses(),
            costs.rows().retired(),
            costs.rows().spareUsed(),
            costs.rows().spare(),
            borrowed);
  }

  private static String number(String format, OptionalDouble value, int factor) {
    return value.isPresent()
        ? String.format(Locale.ROOT, format, factor * value.getAsDouble())
        : "–";
  }
}
