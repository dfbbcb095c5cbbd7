package org.sgsars.analyzer.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.Sweep;

/**
 * A metric over two swept settings, as an inline picture: a coloured cell for each pair of values,
 * the last setting across. Of more settings there is such a map for each combination of the others.
 */
final class SweepMap {
  private static final int WIDTH = 860;
  private static final int LEFT = 120;
  private static final int CELL_HEIGHT = 28;
  private static final int MOST_CELL_WIDTH = 100;
  private static final int LEAST_TEXT_WIDTH = 48;
  private static final int HEAD = 42;
  private static final int MAP_TITLE = 20;
  private static final int GAP = 10;

  /** From this share of the scale on a colour is so light that dark text shows on it. */
  private static final double LIGHT_FROM = 0.5;

  private final LifetimeReport report;
  private final SweepResults results;
  private final SweepMetric metric;
  private final Sweep sweep;
  private final AxisScale scale;
  private final Sweep.Range down;
  private final Sweep.Range across;
  private final double cellWidth;
  private final StringBuilder svg = new StringBuilder();

  private SweepMap(LifetimeReport report, SweepMetric metric, Sweep sweep, List<Double> values) {
    this.report = report;
    this.results = new SweepResults(report);
    this.metric = metric;
    this.sweep = sweep;
    this.scale = AxisScale.of(values, false);
    this.down = sweep.ranges().get(sweep.ranges().size() - 2);
    this.across = sweep.ranges().get(sweep.ranges().size() - 1);
    this.cellWidth = Math.min(MOST_CELL_WIDTH, (double) (WIDTH - LEFT) / across.values().size());
  }

  /**
   * The picture; empty if no scenario has the metric.
   *
   * @param sweep with at least two ranges
   */
  static String svg(LifetimeReport report, SweepMetric metric, Sweep sweep) {
    List<Double> values = metric.values(report, List.of(sweep));
    return values.isEmpty() ? "" : new SweepMap(report, metric, sweep, values).draw();
  }

  private String draw() {
    int cells = down.values().size() * across.values().size();
    int maps = sweep.count() / cells;
    int mapHeight = (maps > 1 ? MAP_TITLE : 0) + HEAD + down.values().size() * CELL_HEIGHT + GAP;
    List<String> labels = sweep.labels();
    add(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s over %s, a cell per scenario\">",
        WIDTH, maps * mapHeight, metric.title(), Html.escape(String.join(" and ", labels)));
    for (int map = 0; map < maps; map++) {
      int first = sweep.firstScenario() + map * cells;
      double top = map * mapHeight;
      if (maps > 1) {
        add(
            "<text class=\"name\" x=\"%d\" y=\"%.1f\">%s</text>",
            LEFT, top + 14, Html.escape(others(first, labels)));
        top += MAP_TITLE;
      }
      draw(first, top + HEAD, labels);
    }
    return svg.append("</svg>").toString();
  }

  /** What a map's scenarios have of the settings that it does not show. */
  private String others(int scenario, List<String> labels) {
    List<Object> values = sweep.valuesOf(scenario);
    return String.join(
        ", ",
        IntStream.range(0, labels.size() - 2)
            .mapToObj(i -> labels.get(i) + " " + SweepTable.text(values.get(i)))
            .toList());
  }

  private void draw(int first, double top, List<String> labels) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
        LEFT + across.values().size() * cellWidth / 2,
        top - 24,
        Html.escape(labels.get(labels.size() - 1)));
    add(
        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
        LEFT - 8, top - 8, Html.escape(labels.get(labels.size() - 2)));
    boolean hasRoom = cellWidth >= LEAST_TEXT_WIDTH;
    for (int column = 0; column < across.values().size(); column++) {
      if (hasRoom || column % 2 == 0) {
        add(
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
            LEFT + (column + 0.5) * cellWidth,
            top - 8,
            Html.escape(SweepTable.text(across.values().get(column))));
      }
    }
    for (int row = 0; row < down.values().size(); row++) {
      double y = top + row * CELL_HEIGHT;
      add(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 8,
          y + CELL_HEIGHT / 2.0 + 4,
          Html.escape(SweepTable.text(down.values().get(row))));
      for (int column = 0; column < across.values().size(); column++) {
        cell(first + row * across.values().size() + column, LEFT + column * cellWidth, y, hasRoom);
      }
    }
  }

  private void cell(int scenario, double x, double y, boolean hasRoom) {
    OptionalDouble value = metric.of().apply(report.scenarios().get(scenario));
    String text = value.isPresent() ? metric.text().apply(value.getAsDouble()) : "–";
    double share = value.isPresent() ? scale.share(value.getAsDouble()) : 0;
    boolean isUnbeaten = results.isUnbeaten(sweep, scenario, metric.of());
    add(
        "<g><title>%s: %s</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        Html.escape(report.scenarios().get(scenario).name()),
        text,
        x + 1,
        y + 1,
        cellWidth - 2,
        CELL_HEIGHT - 2,
        value.isPresent() ? format("#%06x", WearScale.colour(share)) : "none");
    if (hasRoom) {
      add(
          "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" style=\"fill:%s\">%s</text>",
          x + cellWidth / 2,
          y + CELL_HEIGHT / 2.0 + 4,
          value.isPresent() ? share >= LIGHT_FROM ? "#000" : "#fff" : "inherit",
          isUnbeaten ? "* " + text : text);
    }
    svg.append("</g>");
  }

  private void add(String format, Object... values) {
    svg.append(format(format, values));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
