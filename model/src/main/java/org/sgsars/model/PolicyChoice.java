package org.sgsars.model;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A policy by kind, with its settings as an experiment file or a manifest has them.
 *
 * @param kind as the experiment file writes it, such as {@code top-k}
 * @param settings by name, in alphabetical order; a value is a {@code Boolean}, {@code Long},
 *     {@code Double} or {@code String}
 * @param scenario of a sparsifier that serves one scenario only, that one's name
 */
public record PolicyChoice(String kind, Map<String, ?> settings, Optional<String> scenario) {
  public PolicyChoice {
    settings = Collections.unmodifiableSortedMap(new TreeMap<String, Object>(settings));
  }

  /** A policy for whoever names it. */
  public PolicyChoice(String kind, Map<String, ?> settings) {
    this(kind, settings, Optional.empty());
  }

  /** The same for one scenario only. */
  public PolicyChoice forScenario(String name) {
    return new PolicyChoice(kind, settings, Optional.of(name));
  }

  /** The same for whoever names it. */
  PolicyChoice forAll() {
    return new PolicyChoice(kind, settings);
  }

  /** The same with other settings. */
  public PolicyChoice with(Map<String, ?> otherSettings) {
    return new PolicyChoice(kind, otherSettings, scenario);
  }

  /** The same with another value of one setting. */
  public PolicyChoice with(String setting, Object value) {
    TreeMap<String, Object> others = new TreeMap<>(settings);
    others.put(setting, value);
    return with(others);
  }

  /** The choice as one would write it in an experiment file: {@code {kind: sgs, rows: 1}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{kind: ").append(kind);
    settings.forEach((name, value) -> text.append(", ").append(name).append(": ").append(value));
    return text.append('}').toString();
  }
}
