package org.sgsars.standalone;

/** Numbers of the command line. */
final class NumberOption {
  /** Ports have 16 bits. */
  static final int LAST_PORT = 65_535;

  private NumberOption() {}

  /** Whether a number is allowed; if not, this says so. */
  static boolean isWithin(String name, int value, int least, int most) {
    boolean isWithin = value >= least && value <= most;
    if (!isWithin) {
      System.err.printf(
          "%s: %s is not allowed; allowed: a whole number from %s to %s%n",
          name, Integer.toString(value), Integer.toString(least), Integer.toString(most));
    }
    return isWithin;
  }
}
