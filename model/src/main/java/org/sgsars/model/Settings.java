package org.sgsars.model;

import java.util.Collections;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A policy's checked settings by name, in alphabetical order. A value is a {@code Boolean}, {@code
 * Long}, {@code Double} or {@code String}.
 */
public record Settings(SortedMap<String, Object> values) {
  public static final Settings NONE = new Settings(new TreeMap<>());

  public Settings {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  public static Settings of(Map<String, ?> values) {
    return new Settings(new TreeMap<>(values));
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public int wholeNumber(String name) {
    return Math.toIntExact(get(name, Long.class));
  }

  public double number(String name) {
    return get(name, Double.class);
  }

  public boolean flag(String name) {
    return get(name, Boolean.class);
  }

  public String text(String name) {
    return get(name, String.class);
  }

  private <T> T get(String name, Class<T> type) {
    Object value = values.get(name);
    if (!type.isInstance(value)) {
      throw new NoSuchElementException(
          "Setting '" + name + "' should be a " + type.getSimpleName() + " but is " + value);
    }
    return type.cast(value);
  }
}
