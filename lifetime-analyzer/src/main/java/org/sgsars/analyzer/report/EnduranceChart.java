package org.sgsars.analyzer.report;

import java.util.List;
import java.util.Locale;
import org.sgsars.device.DeviceLaw;

/**
 * A device's law: the share of its cells that has failed, over writes, both logarithmic, as the
 * weakest cells of large arrays decide. The first failure of n cells is marked at its median, where
 * a share of some ln 2 / n has failed.
 */
public final class EnduranceChart {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 420;
  private static final int LEFT = 70;
  private static final int RIGHT = 30;
  private static final int BOTTOM = 48;
  private static final int TOP = 34;
  private static final int RADIUS = 5;
  private static final int MOST_TICKS = 12;

  /** Decades of shares: from one in ten billion to all. */
  private static final int SHARE_DECADES = 10;

  private static final int POINTS_PER_DECADE = 20;
  private static final double MOST_SHARE = 0.999;

  /** Beside those of whole steps, where all but a few have failed. */
  private static final List<Double> LAST_SHARES = List.of(0.93, 0.96, 0.98, 0.99, MOST_SHARE);

  /** Cells that fail at once, or never, have no place on a logarithmic axis. */
  private static final double LEAST_WRITES = 1e-3;

  private static final double MOST_WRITES = 1e17;

  private final DeviceLaw law;
  private final StringBuilder svg = new StringBuilder();
  private final int firstDecade;
  private final int lastDecade;

  private EnduranceChart(DeviceLaw law) {
    this.law = law;
    double least = Math.log10(within(law.writes(Math.pow(10, -SHARE_DECADES))));
    double most = Math.log10(within(law.writes(MOST_SHARE)));
    this.firstDecade = (int) Math.floor(least);
    this.lastDecade = Math.max(firstDecade + 1, (int) Math.ceil(most));
  }

  private static double within(double writes) {
    return Math.max(LEAST_WRITES, Math.min(MOST_WRITES, writes));
  }

  /**
   * As a file of its own.
   *
   * @param title what the device is
   * @param arrays cells of arrays whose first failure is marked
   */
  public static String file(String title, DeviceLaw law, List<Long> arrays) {
    return new EnduranceChart(law).draw(title, arrays) + "\n";
  }

  private String draw(String title, List<Long> arrays) {
    add(
        "<svg%s viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s: share of the cells that has failed, over writes\">",
        Html.SVG_FILE, WIDTH, HEIGHT, Html.escape(title));
    add("<text x=\"%d\" y=\"20\" font-weight=\"bold\">%s</text>", LEFT, Html.escape(title));
    axes();
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < SHARE_DECADES * POINTS_PER_DECADE; i++) {
      point(Math.pow(10, (double) i / POINTS_PER_DECADE - SHARE_DECADES), points);
    }
    LAST_SHARES.forEach(share -> point(share, points));
    add(
        "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>",
        Palette.of(0), points.toString().strip());
    arrays.forEach(this::mark);
    return svg.append("</svg>").toString();
  }

  private void point(double share, StringBuilder points) {
    double writes = law.writes(share);
    if (writes >= LEAST_WRITES && writes <= MOST_WRITES) {
      points.append(text("%.1f,%.1f ", x(writes), y(share)));
    }
  }

  private void axes() {
    for (int decade = -SHARE_DECADES; decade <= 0; decade++) {
      double y = y(Math.pow(10, decade));
      line(LEFT, WIDTH - RIGHT, y, y);
      add(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#777\">%s</text>",
          LEFT - 6, y + 4, decade == 0 ? "1" : "1e" + decade);
    }
    int step = (lastDecade - firstDecade) / MOST_TICKS + 1;
    for (int decade = firstDecade; decade <= lastDecade; decade += step) {
      double x = x(Math.pow(10, decade));
      line(x, x, TOP, HEIGHT - BOTTOM);
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#777\">1e%d</text>",
          x, HEIGHT - BOTTOM + 18, decade);
    }
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#777\">writes</text>",
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8);
    add(
        "<text transform=\"rotate(-90)\" x=\"%d\" y=\"16\" text-anchor=\"middle\" fill=\"#777\">share of cells failed</text>",
        -(TOP + HEIGHT - BOTTOM) / 2);
  }

  private void mark(long cells) {
    double writes = law.firstFailure(cells).median();
    if (writes < LEAST_WRITES || writes > MOST_WRITES) {
      return;
    }
    double x = x(writes);
    double y = y(Math.log(2) / cells);
    boolean isRight = x > (LEFT + WIDTH - RIGHT) / 2.0;
    add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\"/>", x, y, RADIUS, Palette.of(1));
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">first of %s cells: %s</text>",
        isRight ? x - 12 : x + 12,
        y + 14,
        isRight ? "end" : "start",
        power("%.0e", cells),
        power("%.2e", writes));
  }

  /** As one would write it: 2.5e9 and not 2.5e+09. */
  private static String power(String format, double value) {
    return text(format, value).replaceAll("e([-]?)\\+?0*", "e$1");
  }

  private void line(double x1, double x2, double y1, double y2) {
    add(
        "<line stroke=\"#bbb\" stroke-opacity=\".5\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
        x1, x2, y1, y2);
  }

  private double x(double writes) {
    double share = (Math.log10(writes) - firstDecade) / (lastDecade - firstDecade);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double share) {
    return TOP - Math.log10(share) / SHARE_DECADES * (HEIGHT - BOTTOM - TOP);
  }

  private void add(String format, Object... values) {
    svg.append(text(format, values));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
