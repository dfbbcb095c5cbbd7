package org.sgsars.source.trace;

import java.util.List;
import java.util.Optional;

/** What an iteration without a layer's gradient means, such as of a layer that was dropped. */
public enum MissingGradients {
  /** The trace is not sound. */
  REFUSE("refuse"),
  /** The gradient is zero. */
  ZERO("zero");

  private final String key;

  MissingGradients(String key) {
    this.key = key;
  }

  /** As experiments write it. */
  public String key() {
    return key;
  }

  /** All keys. */
  public static List<String> keys() {
    return List.of(REFUSE.key, ZERO.key);
  }

  /** The one of a key, if there is one. */
  public static Optional<MissingGradients> of(String key) {
    return List.of(values()).stream().filter(value -> value.key.equals(key)).findFirst();
  }
}
