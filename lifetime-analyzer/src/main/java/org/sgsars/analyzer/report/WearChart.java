package org.sgsars.analyzer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;

/** The largest wear over the iterations, a line per scenario, as inline SVG with a log axis. */
final class WearChart {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 340;
  private static final int LEFT = 70;
  private static final int BOTTOM = 40;
  private static final int TOP = 12;
  private static final int NAME_CHARACTER_WIDTH = 7;
  private static final int MOST_NAME_CHARACTERS = 32;
  private static final int MOST_POINTS = 200;
  private static final int LABEL_HEIGHT = 15;

  /** Labels that touch do not overlap, whatever a sum of doubles says. */
  private static final double ROUNDING = 0.01;

  private final LifetimeReport report;
  private final StringBuilder svg = new StringBuilder();
  private final double mostWrites;
  private final int right;

  private WearChart(LifetimeReport report) {
    this.report = report;
    this.mostWrites =
        Math.max(10, report.scenarios().stream().mapToLong(s -> s.maxCellWrites()).max().orElse(1));
    int longest = report.scenarios().stream().mapToInt(s -> s.name().length()).max().orElse(0);
    this.right = 32 + NAME_CHARACTER_WIDTH * Math.min(longest, MOST_NAME_CHARACTERS);
  }

  static String svg(LifetimeReport report) {
    return new WearChart(report).draw();
  }

  private String draw() {
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Largest wear over iterations, one line per scenario\">"
            .formatted(WIDTH, HEIGHT));
    axes();
    List<double[]> labels = new ArrayList<>();
    for (int scenario = 0; scenario < report.scenarios().size(); scenario++) {
      line(scenario, labels);
    }
    return svg.append("</svg>").toString();
  }

  private void axes() {
    for (long writes = 1; writes <= mostWrites; writes *= 10) {
      double y = y(writes);
      svg.append(
          text(
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
              LEFT, WIDTH - right, y, y));
      svg.append(
          text("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>", LEFT - 6, y + 4, writes));
    }
    for (int part = 0; part <= 4; part++) {
      long iteration = report.plan().iterations() * part / 4;
      svg.append(
          text(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>",
              x(iteration), HEIGHT - BOTTOM + 18, iteration));
    }
    svg.append(
        text(
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">iterations</text>",
            (LEFT + WIDTH - right) / 2, HEIGHT - 6));
    svg.append(
        text(
            "<text transform=\"rotate(-90)\" x=\"%d\" y=\"16\" text-anchor=\"middle\">largest writes per cell</text>",
            -(TOP + HEIGHT - BOTTOM) / 2));
  }

  private void line(int scenario, List<double[]> labels) {
    TreeMap<Long, Long> most = new TreeMap<>();
    for (TimelinePoint point : report.timeline()) {
      if (point.scenario() == scenario) {
        most.merge(point.iterations(), point.maxCellWrites(), Math::max);
      }
    }
    if (most.isEmpty()) {
      return;
    }
    int every = (most.size() + MOST_POINTS - 1) / MOST_POINTS;
    StringBuilder points = new StringBuilder();
    int number = 0;
    for (Map.Entry<Long, Long> entry : most.entrySet()) {
      boolean last = entry.getKey().equals(most.lastKey());
      if (number++ % every == 0 || last) {
        points.append(text("%.1f,%.1f ", x(entry.getKey()), y(entry.getValue())));
      }
    }
    String colour = Palette.of(scenario);
    svg.append(
        text(
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>",
            points.toString().strip(),
            colour,
            Palette.isDashed(scenario) ? " stroke-dasharray=\"7 3\"" : ""));
    double y = freePlace(y(most.lastEntry().getValue()), labels);
    String name = report.scenarios().get(scenario).name();
    svg.append(
        text(
            "<rect x=\"%d\" y=\"%.1f\" width=\"9\" height=\"9\" fill=\"%s\"/><text x=\"%d\" y=\"%.1f\" class=\"name\"><title>%s</title>%s</text>",
            WIDTH - right + 4,
            y - 4.5,
            colour,
            WIDTH - right + 17,
            y + 4,
            Html.escape(name),
            Html.escape(shortened(name))));
  }

  private static String shortened(String name) {
    return name.length() <= MOST_NAME_CHARACTERS
        ? name
        : name.substring(0, MOST_NAME_CHARACTERS - 1) + "…";
  }

  /** Where a label does not cover one that is there already. */
  private static double freePlace(double wanted, List<double[]> labels) {
    double y = wanted;
    boolean moved = true;
    while (moved) {
      moved = false;
      for (double[] taken : labels) {
        if (Math.abs(taken[0] - y) < LABEL_HEIGHT - ROUNDING) {
          y = taken[0] + LABEL_HEIGHT;
          moved = true;
        }
      }
    }
    labels.add(new double[] {y});
    return y;
  }

  private double x(long iteration) {
    return LEFT + (double) (WIDTH - LEFT - right) * iteration / report.plan().iterations();
  }

  private double y(double writes) {
    double share = Math.log10(Math.max(1, writes)) / Math.log10(mostWrites);
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
