package org.sgsars.analyzer.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.AccuracyPoint;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;
import org.sgsars.analyzer.core.SweepResults;

/** Something over the iterations, a line per scenario, as inline SVG. */
final class LineChart {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 340;
  private static final int LEFT = 70;
  private static final int BOTTOM = 40;
  private static final int TOP = 12;
  private static final int NAME_CHARACTER_WIDTH = 7;
  private static final int MOST_NAME_CHARACTERS = 32;
  private static final int MOST_POINTS = 200;
  private static final int LABEL_HEIGHT = 15;

  /**
   * What goes up.
   *
   * @param title of the picture, for those who do not see it
   * @param label what its numbers are
   * @param ticks values with a line, and what stands beside it
   * @param most value at the top
   * @param log whether equal steps up are equal factors, from 1 on
   */
  private record Axis(
      String title, String label, Map<Double, String> ticks, double most, boolean log) {
    double share(double value) {
      return log ? Math.log10(Math.max(1, value)) / Math.log10(most) : value / most;
    }
  }

  /** Where a scenario's line ends. */
  private record End(int scenario, double y) {}

  private final LifetimeReport report;
  private final Axis axis;
  private final StringBuilder svg = new StringBuilder();
  private final int right;

  /** The scenarios that have a line. */
  private final List<Integer> shown;

  private LineChart(LifetimeReport report, Axis axis) {
    this.report = report;
    this.axis = axis;
    this.shown = new SweepResults(report).shown();
    int longest =
        new SweepResults(report)
            .shownScenarios().stream().mapToInt(s -> s.name().length()).max().orElse(0);
    this.right = 32 + NAME_CHARACTER_WIDTH * Math.min(longest, MOST_NAME_CHARACTERS);
  }

  /** The largest wear, on a log axis. */
  static String wear(LifetimeReport report) {
    double most =
        Math.max(10, report.scenarios().stream().mapToLong(s -> s.maxCellWrites()).max().orElse(1));
    Map<Double, String> ticks = new TreeMap<>();
    for (long writes = 1; writes <= most; writes *= 10) {
      ticks.put((double) writes, Long.toString(writes));
    }
    Axis axis = new Axis("Largest wear", "largest writes per cell", ticks, most, true);
    return new LineChart(report, axis).draw("", scenario -> largestWear(report, scenario));
  }

  private static NavigableMap<Long, Double> largestWear(LifetimeReport report, int scenario) {
    TreeMap<Long, Double> most = new TreeMap<>();
    for (TimelinePoint point : report.timeline()) {
      if (point.scenario() == scenario) {
        most.merge(point.iterations(), (double) point.maxCellWrites(), Math::max);
      }
    }
    return most;
  }

  /** The share of test images that are given their class. */
  static String accuracy(LifetimeReport report) {
    return accuracy(report, "");
  }

  /** The same as a file of its own, with its own colours. */
  static String accuracyFile(LifetimeReport report) {
    return accuracy(report, Html.SVG_FILE) + "\n";
  }

  private static String accuracy(LifetimeReport report, String attributes) {
    Map<Double, String> ticks = new TreeMap<>();
    for (int percent = 0; percent <= 100; percent += 20) {
      ticks.put(percent / 100.0, percent + " %");
    }
    Axis axis = new Axis("Test accuracy", "test accuracy", ticks, 1, false);
    return new LineChart(report, axis).draw(attributes, scenario -> accuracy(report, scenario));
  }

  private static NavigableMap<Long, Double> accuracy(LifetimeReport report, int scenario) {
    TreeMap<Long, Double> shares = new TreeMap<>();
    for (AccuracyPoint test : report.scenarios().get(scenario).accuracy()) {
      shares.put(test.iterations(), test.share());
    }
    return shares;
  }

  private String draw(String attributes, IntFunction<NavigableMap<Long, Double>> values) {
    svg.append(
        "<svg%s viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s over iterations, one line per scenario\">"
            .formatted(attributes, WIDTH, HEIGHT, axis.title()));
    axes();
    List<End> ends = new ArrayList<>();
    for (int scenario : shown) {
      line(scenario, values.apply(scenario), ends);
    }
    name(ends);
    return svg.append("</svg>").toString();
  }

  private void axes() {
    for (Map.Entry<Double, String> tick : axis.ticks().entrySet()) {
      double y = y(tick.getKey());
      svg.append(
          text(
              "<line class=\"grid\" stroke=\"#ddd\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
              LEFT, WIDTH - right, y, y));
      svg.append(
          text(
              "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
              LEFT - 6, y + 4, tick.getValue()));
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
            "<text transform=\"rotate(-90)\" x=\"%d\" y=\"16\" text-anchor=\"middle\">%s</text>",
            -(TOP + HEIGHT - BOTTOM) / 2, axis.label()));
  }

  private void line(int scenario, NavigableMap<Long, Double> most, List<End> ends) {
    if (most.isEmpty()) {
      return;
    }
    int every = (most.size() + MOST_POINTS - 1) / MOST_POINTS;
    StringBuilder points = new StringBuilder();
    int number = 0;
    for (Map.Entry<Long, Double> entry : most.entrySet()) {
      boolean last = entry.getKey().equals(most.lastKey());
      if (number++ % every == 0 || last) {
        points.append(text("%.1f,%.1f ", x(entry.getKey()), y(entry.getValue())));
      }
    }
    int place = shown.indexOf(scenario);
    svg.append(
        text(
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>",
            points.toString().strip(),
            Palette.of(place),
            Palette.isDashed(place) ? " stroke-dasharray=\"7 3\"" : ""));
    ends.add(new End(scenario, y(most.lastEntry().getValue())));
  }

  private static String shortened(String name) {
    return name.length() <= MOST_NAME_CHARACTERS
        ? name
        : name.substring(0, MOST_NAME_CHARACTERS - 1) + "…";
  }

  /** Names at the ends of their lines, as near as they can be without covering each other. */
  private void name(List<End> ends) {
    List<End> downwards =
        ends.stream()
            .sorted(Comparator.comparingDouble(End::y).thenComparingInt(End::scenario))
            .toList();
    double bottom = HEIGHT - BOTTOM;
    double step = Math.min(LABEL_HEIGHT, (bottom - TOP) / Math.max(1, ends.size() - 1));
    double[] places = new double[downwards.size()];
    for (int i = 0; i < places.length; i++) {
      double wanted = downwards.get(i).y();
      places[i] = i == 0 ? wanted : Math.max(wanted, places[i - 1] + step);
    }
    double most = bottom;
    for (int i = places.length - 1; i >= 0; i--) {
      places[i] = Math.min(places[i], most);
      most = places[i] - step;
    }
    for (int i = 0; i < places.length; i++) {
      name(downwards.get(i).scenario(), places[i]);
    }
  }

  private void name(int scenario, double y) {
    String name = report.scenarios().get(scenario).name();
    svg.append(
        text(
            "<rect x=\"%d\" y=\"%.1f\" width=\"9\" height=\"9\" fill=\"%s\"/><text x=\"%d\" y=\"%.1f\" class=\"name\"><title>%s</title>%s</text>",
            WIDTH - right + 4,
            y - 4.5,
            Palette.of(shown.indexOf(scenario)),
            WIDTH - right + 17,
            y + 4,
            Html.escape(name),
            Html.escape(shortened(name))));
  }

  private double x(long iteration) {
    return LEFT + (double) (WIDTH - LEFT - right) * iteration / report.plan().iterations();
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - axis.share(value) * (HEIGHT - BOTTOM - TOP);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
