package org.sgsars.mapping;

import java.util.regex.Pattern;

/** Patterns of names, in which {@code *} is any characters, dots too, and {@code ?} any one. */
public final class Glob {
  private Glob() {}

  /** Whether a pattern means a name. */
  public static boolean matches(String glob, String name) {
    return pattern(glob).matcher(name).matches();
  }

  static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
