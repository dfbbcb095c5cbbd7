package org.sgsars.analyzer.report;

import java.util.List;

/** Colours of scenarios in their order, the same as those of the page's charts. */
final class Palette {
  static final List<String> COLOURS =
      List.of(
          "#4477aa", "#ee6677", "#228833", "#aa8800", "#66ccee", "#aa3377", "#888888", "#ee8866",
          "#44bb99", "#99ddff");

  private Palette() {}

  static String of(int scenario) {
    return COLOURS.get(scenario % COLOURS.size());
  }

  /** Whether its line is dashed, since another has its colour. */
  static boolean isDashed(int scenario) {
    return scenario >= COLOURS.size();
  }
}
