package org.sgsars.model;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names in messages: a network may have tens of thousands of layers, and nobody reads them all. */
public final class Names {
  private static final int SHOWN = 10;

  private Names() {}

  /**
   * The names with commas between, the first ten of more: {@code a, b, c and 29,997 more}. Control
   * characters are replaced, as by {@link PlainText#of}.
   */
  public static String of(Collection<?> names) {
    String shown =
        names.stream()
            .limit(SHOWN)
            .map(name -> PlainText.of(String.valueOf(name)))
            .collect(Collectors.joining(", "));
    return names.size() <= SHOWN
        ? shown
        : String.format(Locale.ROOT, "%s and %,d more", shown, names.size() - SHOWN);
  }
}
