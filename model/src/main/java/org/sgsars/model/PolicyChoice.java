package org.sgsars.model;

import java.util.Map;
import java.util.TreeMap;

/**
 * A policy by kind, with every setting spelled out.
 *
 * @param kind as the experiment file writes it, such as {@code top-k}
 * @param settings defaults filled in
 */
public record PolicyChoice(String kind, Settings settings) {
  /** The same without a setting. */
  PolicyChoice without(String setting) {
    if (!settings.has(setting)) {
      return this;
    }
    Map<String, Object> others = new TreeMap<>(settings.values());
    others.remove(setting);
    return new PolicyChoice(kind, Settings.of(others));
  }

  /** The choice as one would write it in an experiment file: {@code {kind: sgs, rows: 1}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{kind: ").append(kind);
    settings
        .values()
        .forEach((name, value) -> text.append(", ").append(name).append(": ").append(value));
    return text.append('}').toString();
  }
}
