package org.sgsars.analyzer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.Sweep;

/** A metric over one swept setting, as an inline picture: a line for each sweep over it. */
final class SweepLines {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 320;
  private static final int LEFT = 80;
  private static final int RIGHT = 170;
  private static final int BOTTOM = 44;
  private static final int TOP = 14;
  private static final int LABEL_HEIGHT = 15;
  private static final int VALUE_WIDTH = 44;
  private static final int MOST_NAME_CHARACTERS = 20;

  /** Where a scenario lies. */
  private record Point(double x, double y, String text) {}

  private final LifetimeReport report;
  private final SweepMetric metric;
  private final Sweep first;
  private final Sweep.Range range;
  private final boolean isNumeric;
  private final AxisScale across;
  private final AxisScale up;
  private final StringBuilder svg = new StringBuilder();

  private SweepLines(
      LifetimeReport report, SweepMetric metric, List<Sweep> sweeps, List<Double> values) {
    this.report = report;
    this.metric = metric;
    this.first = sweeps.get(0);
    this.range = first.ranges().get(0);
    this.isNumeric = range.isNumeric();
    List<Double> places = new ArrayList<>();
    for (int i = 0; i < range.values().size(); i++) {
      places.add(place(i));
    }
    this.across = AxisScale.of(places, false);
    this.up = AxisScale.of(values, true);
  }

  /**
   * The picture; empty if no scenario has the metric.
   *
   * @param sweeps with one range each, all of the same
   */
  static String svg(LifetimeReport report, SweepMetric metric, List<Sweep> sweeps) {
    List<Double> values = metric.values(report, sweeps);
    return values.isEmpty() ? "" : new SweepLines(report, metric, sweeps, values).draw(sweeps);
  }

  /** Numbers lie where they are, other values side by side. */
  private double place(int value) {
    return isNumeric ? ((Number) range.values().get(value)).doubleValue() : value;
  }

  private String draw(List<Sweep> sweeps) {
    String label = first.labels().get(0);
    add(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s over %s, one line per sweep\">",
        WIDTH, HEIGHT, metric.title(), Html.escape(label));
    for (double tick : up.ticks()) {
      double y = y(tick);
      add(
          "<line class=\"grid\" stroke=\"#ddd\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
          LEFT, WIDTH - RIGHT, y, y);
      add(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 6, y + 4, metric.text().apply(tick));
    }
    values();
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s%s</text>",
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, Html.escape(label), across.isLog() ? " (log)" : "");
    add(
        "<text transform=\"rotate(-90)\" x=\"%d\" y=\"14\" text-anchor=\"middle\">%s</text>",
        -(TOP + HEIGHT - BOTTOM) / 2, metric.title());
    List<Double> taken = new ArrayList<>();
    for (int i = 0; i < sweeps.size(); i++) {
      line(sweeps.get(i), i, taken);
    }
    return svg.append("</svg>").toString();
  }

  /** The setting's values below the axis, as far as there is room. */
  private void values() {
    double last = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < range.values().size(); i++) {
      double x = x(i);
      if (Math.abs(x - last) >= VALUE_WIDTH) {
        add(
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
            x, HEIGHT - BOTTOM + 18, Html.escape(SweepTable.text(range.values().get(i))));
        last = x;
      }
    }
  }

  private void line(Sweep sweep, int number, List<Double> taken) {
    List<Point> points = new ArrayList<>();
    for (int scenario : SweepResults.scenariosOf(sweep)) {
      OptionalDouble value = metric.of().apply(report.scenarios().get(scenario));
      if (value.isPresent()) {
        int at = sweep.indicesOf(scenario).get(0);
        points.add(
            new Point(
                x(at),
                y(value.getAsDouble()),
                "%s: %s"
                    .formatted(
                        report.scenarios().get(scenario).name(),
                        metric.text().apply(value.getAsDouble()))));
      }
    }
    if (points.isEmpty()) {
      return;
    }
    String colour = Palette.of(number);
    StringBuilder line = new StringBuilder();
    points.forEach(p -> line.append(format("%.1f,%.1f ", p.x, p.y)));
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>",
        line.toString().strip(),
        colour,
        Palette.isDashed(number) ? " stroke-dasharray=\"7 3\"" : "");
    for (Point p : points) {
      add(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>%s</title></circle>",
          p.x, p.y, colour, Html.escape(p.text));
    }
    double y = points.get(points.size() - 1).y;
    while (taken.stream().anyMatch(isNear(y))) {
      y += LABEL_HEIGHT;
    }
    taken.add(y);
    add(
        "<text x=\"%d\" y=\"%.1f\" class=\"name\" style=\"fill:%s\"><title>%s</title>%s</text>",
        WIDTH - RIGHT + 10,
        y + 4,
        colour,
        Html.escape(sweep.name()),
        Html.escape(shortened(sweep.name())));
  }

  private static Predicate<Double> isNear(double y) {
    return other -> Math.abs(other - y) < LABEL_HEIGHT;
  }

  private static String shortened(String name) {
    return name.length() <= MOST_NAME_CHARACTERS
        ? name
        : name.substring(0, MOST_NAME_CHARACTERS - 1) + "…";
  }

  private double x(int value) {
    return LEFT + across.share(place(value)) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - up.share(value) * (HEIGHT - BOTTOM - TOP);
  }

  private void add(String format, Object... values) {
    svg.append(format(format, values));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
