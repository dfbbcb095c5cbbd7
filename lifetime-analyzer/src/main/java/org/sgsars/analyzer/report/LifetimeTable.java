package org.sgsars.analyzer.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PlainText;
import org.sgsars.model.RunPlan;
import org.sgsars.model.Sweep;

/** The comparison of the scenarios, for a terminal. */
public final class LifetimeTable {
  private static final String NONE = "-";

  private LifetimeTable() {}

  /**
   * The columns that decide, at most 120 characters wide where names are short, and what they are.
   * Several lines, without a line feed at the end.
   *
   * @param notices of the report's, those to be said with it
   */
  public static String render(LifetimeReport report, List<String> notices) {
    StringBuilder text = new StringBuilder(heading(report));
    text.append(ScenarioTable.render(report));
    notices(text, report, notices);
    ScenarioTable.legend(report).forEach(line -> text.append('\n').append(line));
    return sweeps(text, report).toString();
  }

  /** The same with every column, however wide. */
  public static String renderWide(LifetimeReport report, List<String> notices) {
    StringBuilder text = new StringBuilder(heading(report));
    text.append(table(report));
    notices(text, report, notices);
    if (DeviceTable.isNeeded(report)) {
      text.append("\n\n").append(deviceTable(report)).append('\n').append(DeviceTable.LEGEND);
    }
    return sweeps(text, report).toString();
  }

  private static String heading(LifetimeReport report) {
    RunPlan plan = report.plan();
    StringBuilder text = new StringBuilder();
    text.append("run %s, %d iterations\n".formatted(plan.run(), report.iterations()));
    text.append("%s: %s\n".formatted(PlainText.of(plan.origin().source()), size(plan.layers())));
    if (!report.complete()) {
      text.append("INCOMPLETE: %s\n".formatted(report.reach()));
      report
          .warnings()
          .forEach(warning -> text.append("  ").append(PlainText.of(warning)).append('\n'));
    }
    return text.toString();
  }

  private static String size(List<LayerShape> layers) {
    long weights = layers.stream().mapToLong(LayerShape::cells).sum();
    return format(
        "%s, %,d weights", layers.size() == 1 ? "1 layer" : layers.size() + " layers", weights);
  }

  private static void notices(StringBuilder text, LifetimeReport report, List<String> notices) {
    notices.forEach(notice -> text.append("\nnote: ").append(PlainText.of(notice)));
    report.wireNote().ifPresent(note -> text.append('\n').append(note));
  }

  private static StringBuilder sweeps(StringBuilder text, LifetimeReport report) {
    for (Sweep sweep : report.plan().sweeps()) {
      text.append("\n\nsweep ")
          .append(SweepTable.title(sweep))
          .append("; above is that of longest extension\n")
          .append(sweepTable(new SweepTable(report, sweep)));
    }
    if (!report.plan().sweeps().isEmpty()) {
      text.append('\n').append(SweepTable.LEGEND);
    }
    return text;
  }

  private static String table(LifetimeReport report) {
    List<ColumnData<ScenarioLifetime>> columns = new ArrayList<>();
    columns.addAll(
        List.of(
            new Column()
                .header("scenario")
                .dataAlign(HorizontalAlign.LEFT)
                .with(ScenarioLifetime::name),
            column("most writes").with(s -> Long.toString(s.maxCellWrites())),
            column("extension").with(s -> times(s.lifetimeExtension())),
            column("bound").with(s -> times(s.bound())),
            column("efficiency").with(s -> percent(s.efficiency())),
            column("weakest layer").with(s -> percent(s.leastLayerEfficiency())),
            column("extra writes").with(s -> percent(s.overhead())),
            column("state bits/row").with(s -> format("%.1f", s.stateBitsPerRow()))));
    if (report.trains()) {
      columns.add(1, column("accuracy").with(s -> percent(s.lastAccuracy())));
    }
    return AsciiTable.getTable(
        AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
        new SweepResults(report).shownScenarios(),
        columns);
  }

  private static String sweepTable(SweepTable table) {
    return TextTable.of(table.headers(), HorizontalAlign.RIGHT, table.rows());
  }

  private static String deviceTable(LifetimeReport report) {
    return TextTable.of(
        DeviceTable.headers(report), HorizontalAlign.LEFT, DeviceTable.rows(report, false));
  }

  private static Column column(String header) {
    return new Column().header(header).dataAlign(HorizontalAlign.RIGHT);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private static String format(String pattern, OptionalDouble value) {
    return value.isPresent() ? format(pattern, value.getAsDouble()) : NONE;
  }

  /** How many times as long, to two places. */
  static String times(OptionalDouble factor) {
    return format("%.2fx", factor);
  }

  /** A share of 1 in percent, to one place. */
  static String percent(OptionalDouble share) {
    return share.isPresent() ? format("%.1f %%", 100 * share.getAsDouble()) : NONE;
  }
}
