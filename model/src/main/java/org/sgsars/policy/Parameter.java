package org.sgsars.policy;

import java.util.List;
import java.util.Optional;

/**
 * One setting of a policy as {@link Setting} declares it: what it may be, what it is if left out.
 * Every number has a least and a most, so that whatever is computed of it stays finite; {@link
 * #accept} is the check, wherever a value comes from.
 *
 * @param name key in the experiment file, in camel case
 * @param type of its value
 * @param fallback value if left out; empty for a setting that is then absent or, if required,
 *     missing
 * @param required whether it must be given
 * @param range what is allowed beyond the type
 * @param unit such as {@code iterations}; empty where there is none
 * @param about what it means, for people
 * @param absent what holds if it is left out and has no fallback, in words; may be empty
 */
public record Parameter(
    String name,
    Type type,
    Optional<Object> fallback,
    boolean required,
    Range range,
    String unit,
    String about,
    String absent) {
  /**
   * @throws IllegalArgumentException if it is a number without a least or a most
   */
  public Parameter {
    if (type.isNumber() && !(Double.isFinite(range.least) && Double.isFinite(range.most))) {
      throw new IllegalArgumentException(
          "Setting '%s' is a number from %s to %s; give it a least and a most"
              .formatted(name, range.least, range.most));
    }
  }

  /** What a value is. */
  public enum Type {
    WHOLE_NUMBER,
    NUMBER,
    FLAG,
    CHOICE,
    TEXT,
    /** A path, relative to the experiment file. */
    PATH,
    /** A list of layers, or the path of a file that holds one; see {@code LayerList}. */
    LAYERS;

    /** Whether it has a least and a most. */
    public boolean isNumber() {
      return this == WHOLE_NUMBER || this == NUMBER;
    }

    /** Whether a value is the text that stands in the file, even if it looks like a number. */
    public boolean isText() {
      return this == CHOICE || this == TEXT || this == PATH;
    }
  }

  /** Values beyond what the type says. Unused parts are the widest. */
  public record Range(double least, boolean leastIncluded, double most, List<String> choices) {
    static final Range ANY =
        new Range(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, List.of());

    /** One of some words. */
    static Range of(List<String> choices) {
      return new Range(ANY.least, true, ANY.most, List.copyOf(choices));
    }

    boolean holds(double value) {
      return (leastIncluded ? value >= least : value > least) && value <= most;
    }
  }

  /** The allowed values in words, such as {@code a whole number from 1 to 8}. */
  public String allowed() {
    return switch (type) {
      case WHOLE_NUMBER ->
          "a whole number from %d to %d".formatted((long) range.least, (long) range.most);
      case NUMBER -> numbers();
      case FLAG -> "true or false";
      case CHOICE -> "one of " + range.choices;
      case TEXT -> "a text";
      case PATH -> "a path";
      case LAYERS -> "a list of {name, rows, columns}, or the path of a file that holds one";
    };
  }

  private String numbers() {
    if (!range.leastIncluded) {
      return "a number above " + range.least + " and at most " + range.most;
    }
    boolean isShare = range.least == 0 && range.most == 1;
    return isShare ? "a number from 0 to 1" : "a number from " + range.least + " to " + range.most;
  }

  /** The same setting with another value if it is left out. */
  Parameter withFallback(Object other) {
    return new Parameter(name, type, Optional.of(other), false, range, unit, about, absent);
  }

  /**
   * Takes a value as the experiment file gives it.
   *
   * @param value a {@code Boolean}, {@code Long}, {@code Double}, {@code String} or anything else
   * @return the value as {@link org.sgsars.model.PolicyChoice} holds it, or nothing if it is not
   *     allowed
   */
  public Optional<Object> accept(Object value) {
    return switch (type) {
      case WHOLE_NUMBER ->
          value instanceof Long number && range.holds(number)
              ? Optional.of(number)
              : Optional.empty();
      case NUMBER ->
          value instanceof Number number && range.holds(number.doubleValue())
              ? Optional.of(number.doubleValue())
              : Optional.empty();
      case FLAG -> value instanceof Boolean ? Optional.of(value) : Optional.empty();
      case CHOICE ->
          value instanceof String word && range.choices().contains(word)
              ? Optional.of(value)
              : Optional.empty();
      case TEXT, PATH, LAYERS ->
          value instanceof String text && !text.isBlank() ? Optional.of(text) : Optional.empty();
    };
  }
}
