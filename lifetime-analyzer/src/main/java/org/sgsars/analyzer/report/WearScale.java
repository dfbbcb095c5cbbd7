package org.sgsars.analyzer.report;

import java.util.Locale;

/**
 * Colours for wear: logarithmic in the number of writes, from dark blue over teal to bright yellow.
 * Lightness rises evenly, so the order shows in print and to colour-blind eyes too.
 *
 * @param mostWrites the writes that get the last colour, at least 1
 */
record WearScale(long mostWrites) {
  /** Stops in sRGB between which colours are mixed evenly. */
  private static final int[][] STOPS = {
    {28, 16, 68}, {46, 62, 122}, {38, 108, 140}, {36, 152, 136}, {104, 190, 92}, {244, 228, 66}
  };

  /** Darker than the least written, so that the order holds in grey too. */
  static final int UNWRITTEN = 0x000000;

  /** Colour of a cell as 0xRRGGBB. */
  int colour(long writes) {
    if (writes <= 0) {
      return UNWRITTEN;
    }
    return colour(Math.log((double) writes) / Math.log(Math.max(2.0, mostWrites)));
  }

  /**
   * Colour of a place on the scale as 0xRRGGBB.
   *
   * @param share 0 to 1; what is outside has the colour of the nearer end
   */
  static int colour(double share) {
    double place = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
    int stop = Math.min(STOPS.length - 2, (int) place);
    double between = place - stop;
    int colour = 0;
    for (int channel = 0; channel < 3; channel++) {
      double mixed =
          STOPS[stop][channel] + between * (STOPS[stop + 1][channel] - STOPS[stop][channel]);
      colour = colour << 8 | (int) Math.round(mixed);
    }
    return colour;
  }

  /** The colours from least to most as a CSS gradient. */
  String gradient() {
    StringBuilder css = new StringBuilder("linear-gradient(to right");
    for (int stop = 0; stop < STOPS.length; stop++) {
      css.append(
          String.format(
              Locale.ROOT, ",#%06x %d%%", colour(stop / (STOPS.length - 1.0)), 20 * stop));
    }
    return css.append(')').toString();
  }

  /** The writes whose colour stands at a share of the legend's width. */
  long writesAt(double share) {
    return Math.round(Math.exp(share * Math.log(Math.max(2.0, mostWrites))));
  }
}
