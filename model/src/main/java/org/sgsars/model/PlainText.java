package org.sgsars.model;

/** Text that may be shown: what comes from files and records must not steer a terminal. */
public final class PlainText {
  private PlainText() {}

  /** Whether there are no control characters. */
  public static boolean isPlain(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }

  /** The text with a question mark for every control character. */
  public static String of(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
