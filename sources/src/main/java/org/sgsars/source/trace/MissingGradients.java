package org.sgsars.source.trace;

import java.util.List;
import java.util.Optional;
import org.sgsars.policy.SettingsType;

/** What an iteration without a layer's gradient means, such as of a layer that was dropped. */
public enum MissingGradients {
  /** The trace is not sound. */
  REFUSE,
  /** The gradient is zero. */
  ZERO;

  /** As experiments write it. */
  public String key() {
    return SettingsType.key(this);
  }

  /** All keys. */
  public static List<String> keys() {
    return List.of(values()).stream().map(MissingGradients::key).toList();
  }

  /** The one of a key, if there is one. */
  public static Optional<MissingGradients> of(String key) {
    return List.of(values()).stream().filter(value -> value.key().equals(key)).findFirst();
  }
}
