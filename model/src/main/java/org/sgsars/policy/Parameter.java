package org.sgsars.policy;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One setting of a policy: what it may be, what it is if left out. Every number has a least and a
 * most, so that whatever is computed of it stays finite; {@link #accept} is the check, wherever a
 * value comes from.
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

  /** A whole number from {@code least} to 2^31 - 1, with a default. */
  public static Parameter wholeNumber(
      String name, long fallback, long least, String unit, String summary) {
    return wholeNumber(name, Optional.of(fallback), least, Integer.MAX_VALUE, unit, summary);
  }

  /** A whole number from {@code least} to 2^31 - 1 that may be left out. */
  public static Parameter optionalWholeNumber(
      String name, long least, String unit, String summary) {
    return wholeNumber(name, Optional.empty(), least, Integer.MAX_VALUE, unit, summary);
  }

  /** A whole number from {@code least} to {@code most}, at most 2^31 - 1, with a default. */
  public static Parameter wholeNumber(
      String name, long fallback, long least, long most, String unit, String summary) {
    return wholeNumber(name, Optional.of(fallback), least, most, unit, summary);
  }

  /** A whole number from {@code least} to {@code most}, at most 2^31 - 1, that may be left out. */
  public static Parameter optionalWholeNumber(
      String name, long least, long most, String unit, String summary) {
    return wholeNumber(name, Optional.empty(), least, most, unit, summary);
  }

  private static Parameter wholeNumber(
      String name, Optional<Object> fallback, long least, long most, String unit, String summary) {
    return new Parameter(
        name,
        Type.WHOLE_NUMBER,
        fallback,
        false,
        new Range(least, true, most, List.of()),
        unit,
        summary,
        "");
  }

  /** A number above {@code above} and at most {@code most}, with a default or {@code null}. */
  public static Parameter number(
      String name,
      @Nullable Double fallback,
      double above,
      double most,
      String unit,
      String summary) {
    return new Parameter(
        name,
        Type.NUMBER,
        Optional.ofNullable(fallback),
        false,
        new Range(above, false, most, List.of()),
        unit,
        summary,
        "");
  }

  /** A number from {@code least} to {@code most}, with a default. */
  public static Parameter numberFrom(
      String name, double fallback, double least, double most, String unit, String summary) {
    return numberFrom(name, Optional.of(fallback), false, least, most, unit, summary);
  }

  /** A number from {@code least} to {@code most} that may be left out. */
  public static Parameter optionalNumberFrom(
      String name, double least, double most, String unit, String summary) {
    return numberFrom(name, Optional.empty(), false, least, most, unit, summary);
  }

  /** A number from {@code least} to {@code most} that must be given. */
  public static Parameter requiredNumberFrom(
      String name, double least, double most, String unit, String summary) {
    return numberFrom(name, Optional.empty(), true, least, most, unit, summary);
  }

  private static Parameter numberFrom(
      String name,
      Optional<Object> fallback,
      boolean required,
      double least,
      double most,
      String unit,
      String summary) {
    return new Parameter(
        name,
        Type.NUMBER,
        fallback,
        required,
        new Range(least, true, most, List.of()),
        unit,
        summary,
        "");
  }

  /** A number from 0 to 1, with a default. */
  public static Parameter share(String name, double fallback, String unit, String summary) {
    return new Parameter(
        name,
        Type.NUMBER,
        Optional.of(fallback),
        false,
        new Range(0, true, 1, List.of()),
        unit,
        summary,
        "");
  }

  /** A number above {@code above} and at most {@code most} that must be given. */
  public static Parameter requiredNumber(
      String name, double above, double most, String unit, String summary) {
    return new Parameter(
        name,
        Type.NUMBER,
        Optional.empty(),
        true,
        new Range(above, false, most, List.of()),
        unit,
        summary,
        "");
  }

  /** {@code true} or {@code false}, or not given. */
  public static Parameter optionalFlag(String name, String summary) {
    return new Parameter(name, Type.FLAG, Optional.empty(), false, Range.ANY, "", summary, "");
  }

  /** {@code true} or {@code false}. */
  public static Parameter flag(String name, boolean fallback, String summary) {
    return new Parameter(name, Type.FLAG, Optional.of(fallback), false, Range.ANY, "", summary, "");
  }

  /** One of some words. */
  public static Parameter choice(
      String name, String fallback, List<String> choices, String summary) {
    return new Parameter(
        name,
        Type.CHOICE,
        Optional.of(fallback),
        false,
        new Range(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, List.copyOf(choices)),
        "",
        summary,
        "");
  }

  /** A path that must be given, relative to the experiment file. */
  public static Parameter path(String name, String summary) {
    return new Parameter(name, Type.PATH, Optional.empty(), true, Range.ANY, "", summary, "");
  }

  /** A list of layers, each with name, rows and columns, or the path of a file with one. */
  public static Parameter layers(String name, boolean required, String summary) {
    return new Parameter(name, Type.LAYERS, Optional.empty(), required, Range.ANY, "", summary, "");
  }

  /** A text that may be left out. */
  public static Parameter optionalText(String name, String summary) {
    return new Parameter(name, Type.TEXT, Optional.empty(), false, Range.ANY, "", summary, "");
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
   * @return the value as {@link org.sgsars.model.Settings} holds it, or nothing if it is not
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
