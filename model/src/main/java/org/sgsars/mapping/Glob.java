package org.sgsars.mapping;

import java.util.regex.Pattern;

/** Patterns of names, in which {@code *} is any characters, dots too, and {@code ?} any one. */
final class Glob {
  private Glob() {}

  static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
