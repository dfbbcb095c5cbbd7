package org.sgsars.analyzer.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.SweepResults;

/**
 * What each scheme buys and what it costs: lifetime extension against levelling overhead, a point
 * per scenario. Extension is logarithmic; overhead is too above one percent and linear below, so
 * that schemes that cost nothing have a place.
 */
final class SchemeChart {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 420;
  private static final int LEFT = 70;
  private static final int RIGHT = 30;
  private static final int BOTTOM = 48;
  private static final int TOP = 16;
  private static final int LABEL_HEIGHT = 15;
  private static final int CHARACTER_WIDTH = 7;
  private static final int RADIUS = 5;

  /** Of the scenarios of a sweep, which may be many; the best of them has a name. */
  private static final int SWEPT_RADIUS = 3;

  /** Labels that touch do not overlap, whatever a sum of doubles says. */
  private static final double ROUNDING = 0.01;

  private static final int MOST_NAME_CHARACTERS = 28;
  private static final double LINEAR_UP_TO = 0.01;
  private static final double[] OVERHEAD_TICKS = {0, 0.01, 0.1, 1, 10, 100};

  /**
   * @param isNamed whether its name stands beside it
   */
  private record Point(
      ScenarioLifetime scenario, String colour, boolean isNamed, double x, double y) {}

  private record Label(double left, double right, double y) {}

  private final List<ScenarioLifetime> all;
  private final SweepResults sweeps;

  /** Those with an extension. */
  private final List<ScenarioLifetime> scenarios;

  private final StringBuilder svg = new StringBuilder();
  private final double mostExtension;
  private final double mostOverhead;

  private SchemeChart(LifetimeReport report) {
    this.all = report.scenarios();
    this.sweeps = new SweepResults(report);
    this.scenarios = all.stream().filter(s -> s.lifetimeExtension().isPresent()).toList();
    double most =
        scenarios.stream()
            .mapToDouble(s -> Math.max(extension(s), s.bound().orElse(1)))
            .max()
            .orElse(10);
    this.mostExtension = Math.max(10, most) * 1.15;
    this.mostOverhead =
        Math.max(0.1, scenarios.stream().mapToDouble(SchemeChart::overhead).max().orElse(0.1))
            * 1.3;
  }

  /** For a page. */
  static String svg(LifetimeReport report) {
    return new SchemeChart(report).draw("");
  }

  /** As a file of its own, with its own colours. */
  static String file(LifetimeReport report) {
    return new SchemeChart(report).draw(Html.SVG_FILE) + "\n";
  }

  private static double extension(ScenarioLifetime scenario) {
    return scenario.lifetimeExtension().orElse(1);
  }

  private static double overhead(ScenarioLifetime scenario) {
    return scenario.overhead().orElse(0);
  }

  private String draw(String attributes) {
    svg.append(
        text(
            "<svg%s viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Lifetime extension against levelling overhead, a point per scenario\">",
            attributes, WIDTH, HEIGHT));
    axes();
    List<Integer> shown = sweeps.shown();
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      ScenarioLifetime scenario = all.get(i);
      if (scenario.lifetimeExtension().isPresent()) {
        points.add(
            new Point(
                scenario,
                Palette.of(shown.indexOf(sweeps.standsFor(i))),
                shown.contains(i),
                x(overhead(scenario)),
                y(extension(scenario))));
      }
    }
    List<Label> labels = new ArrayList<>();
    for (Point point : points.stream().filter(Point::isNamed).toList()) {
      // A name does not stand on another scheme's point.
      labels.add(new Label(point.x() - RADIUS, point.x() + RADIUS, point.y() + 4));
    }
    // From the top, so that labels are pushed down and not over each other.
    points.stream().sorted(Comparator.comparingDouble(Point::y)).forEach(p -> draw(p, labels));
    return svg.append("</svg>").toString();
  }

  private void axes() {
    for (long factor = 1; factor <= mostExtension; factor *= 10) {
      double y = y(factor);
      line(LEFT, WIDTH - RIGHT, y, y);
      label(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#777\">%d×</text>",
          LEFT - 6, y + 4, factor);
    }
    for (double overhead : OVERHEAD_TICKS) {
      if (overhead <= mostOverhead) {
        double x = x(overhead);
        line(x, x, TOP, HEIGHT - BOTTOM);
        label(
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#777\">%.0f %%</text>",
            x, HEIGHT - BOTTOM + 18, 100 * overhead);
      }
    }
    label(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#777\">levelling writes / update writes</text>",
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8);
    label(
        "<text transform=\"rotate(-90)\" x=\"%d\" y=\"16\" text-anchor=\"middle\" fill=\"#777\">lifetime extension</text>",
        -(TOP + HEIGHT - BOTTOM) / 2);
  }

  private void line(double x1, double x2, double y1, double y2) {
    label(
        "<line class=\"grid\" stroke=\"#bbb\" stroke-opacity=\".5\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
        x1, x2, y1, y2);
  }

  private void draw(Point point, List<Label> labels) {
    String name = point.scenario().name();
    String shown =
        name.length() <= MOST_NAME_CHARACTERS
            ? name
            : name.substring(0, MOST_NAME_CHARACTERS - 1) + "…";
    double width = CHARACTER_WIDTH * shown.length();
    boolean leftwards = point.x() + 10 + width > WIDTH;
    double from = leftwards ? point.x() - 10 - width : point.x() + 10;
    label(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\"><title>%s: %.2f× at %.2f %%</title></circle>",
        point.x(),
        point.y(),
        point.isNamed() ? RADIUS : SWEPT_RADIUS,
        point.colour(),
        Html.escape(name),
        extension(point.scenario()),
        100 * overhead(point.scenario()));
    if (!point.isNamed()) {
      return;
    }
    double y = freePlace(new Label(from, from + width, point.y() + 4), labels);
    label("<text x=\"%.1f\" y=\"%.1f\" class=\"name\">%s</text>", from, y, Html.escape(shown));
  }

  private static double freePlace(Label wanted, List<Label> labels) {
    double y = wanted.y();
    boolean moved = true;
    while (moved) {
      moved = false;
      for (Label taken : labels) {
        boolean beside = taken.right() < wanted.left() || taken.left() > wanted.right();
        if (!beside && Math.abs(taken.y() - y) < LABEL_HEIGHT - ROUNDING) {
          y = taken.y() + LABEL_HEIGHT;
          moved = true;
        }
      }
    }
    labels.add(new Label(wanted.left(), wanted.right(), y));
    return y;
  }

  private double x(double overhead) {
    double share = scaled(overhead) / scaled(mostOverhead);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private static double scaled(double overhead) {
    return overhead <= LINEAR_UP_TO
        ? overhead / LINEAR_UP_TO
        : 1 + Math.log10(overhead / LINEAR_UP_TO);
  }

  private double y(double extension) {
    double share = Math.log10(Math.max(1, extension)) / Math.log10(mostExtension);
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  }

  private void label(String format, Object... values) {
    svg.append(text(format, values));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
