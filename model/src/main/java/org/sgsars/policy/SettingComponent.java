package org.sgsars.policy;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.LayerList;
import org.sgsars.model.LayerShape;

/** One component of a record that is a setting: its declaration, and how a value gets into it. */
final class SettingComponent {
  private static final String ALLOWED_TYPES =
      "int, long, double, boolean, an enum, String, Path, List<LayerShape>; to be left out OptionalInt, OptionalLong, OptionalDouble or Optional of one of the others; or a record of settings";

  /** Whole numbers that a limit of the declaration can tell apart. */
  private static final double MOST_WHOLE = 1L << 53;

  private final RecordComponent component;
  private final Class<?> valueClass;
  private final boolean isOptional;
  private final Parameter parameter;

  private SettingComponent(
      RecordComponent component, Class<?> valueClass, boolean isOptional, Parameter parameter) {
    this.component = component;
    this.valueClass = valueClass;
    this.isOptional = isOptional;
    this.parameter = parameter;
  }

  /** Whether a component is declared as a setting. */
  static boolean isOne(RecordComponent component) {
    return component.isAnnotationPresent(Setting.class);
  }

  /**
   * @param owner whose setting it is, for people
   * @throws IllegalArgumentException if it is declared wrongly
   */
  static SettingComponent of(String owner, RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw wrong(owner, component, "has no @Setting that says what it is about");
    }
    if (setting.about().isBlank()) {
      throw wrong(owner, component, "says nothing in about; say what it means");
    }
    Class<?> raw = component.getType();
    boolean isOptional =
        List.of(OptionalInt.class, OptionalLong.class, OptionalDouble.class, Optional.class)
            .contains(raw);
    Class<?> valueClass = valueClass(component);
    Parameter.Type type =
        type(valueClass)
            .orElseThrow(
                () ->
                    wrong(
                        owner,
                        component,
                        "has the type %s; allowed: %s"
                            .formatted(component.getGenericType().getTypeName(), ALLOWED_TYPES)));
    Parameter.Range range = range(owner, component, setting, type, valueClass);
    if (isOptional && !setting.fallback().isEmpty()) {
      throw wrong(owner, component, "may be left out and has a fallback; allowed: one of both");
    }
    if (!isOptional && !setting.absent().isEmpty()) {
      throw wrong(
          owner, component, "says what is if it is absent, but may not be; make it optional");
    }
    Parameter declared =
        new Parameter(
            component.getName(),
            type,
            Optional.empty(),
            !isOptional && setting.fallback().isEmpty(),
            range,
            setting.unit(),
            setting.about(),
            setting.absent());
    Parameter parameter =
        setting.fallback().isEmpty()
            ? declared
            : declared.withFallback(fallback(owner, component, setting.fallback(), declared));
    return new SettingComponent(component, valueClass, isOptional, parameter);
  }

  /** Class of the value itself, whether or not it may be left out. */
  private static Class<?> valueClass(RecordComponent component) {
    Class<?> raw = component.getType();
    if (raw == OptionalInt.class) {
      return int.class;
    }
    if (raw == OptionalLong.class) {
      return long.class;
    }
    if (raw == OptionalDouble.class) {
      return double.class;
    }
    Type of =
        raw == Optional.class ? argument(component.getGenericType()) : component.getGenericType();
    if (of instanceof Class<?> plain) {
      return plain == Boolean.class ? boolean.class : plain;
    }
    boolean isLayers =
        of instanceof ParameterizedType list
            && list.getRawType() == List.class
            && argument(list) == LayerShape.class;
    return isLayers ? List.class : Object.class;
  }

  private static Type argument(Type of) {
    return of instanceof ParameterizedType parameterized
        ? parameterized.getActualTypeArguments()[0]
        : Object.class;
  }

  private static Optional<Parameter.Type> type(Class<?> valueClass) {
    if (valueClass == int.class || valueClass == long.class) {
      return Optional.of(Parameter.Type.WHOLE_NUMBER);
    }
    if (valueClass == double.class) {
      return Optional.of(Parameter.Type.NUMBER);
    }
    if (valueClass == boolean.class) {
      return Optional.of(Parameter.Type.FLAG);
    }
    if (valueClass.isEnum() && valueClass.getEnumConstants().length > 0) {
      return Optional.of(Parameter.Type.CHOICE);
    }
    if (valueClass == String.class) {
      return Optional.of(Parameter.Type.TEXT);
    }
    if (valueClass == Path.class) {
      return Optional.of(Parameter.Type.PATH);
    }
    return valueClass == List.class ? Optional.of(Parameter.Type.LAYERS) : Optional.empty();
  }

  private static Parameter.Range range(
      String owner,
      RecordComponent component,
      Setting setting,
      Parameter.Type type,
      Class<?> valueClass) {
    double least = setting.least();
    double above = setting.above();
    double most = setting.most();
    if (!type.isNumber()) {
      if (!Double.isNaN(least) || !Double.isNaN(above) || !Double.isNaN(most)) {
        throw wrong(owner, component, "has limits and is no number; take them away");
      }
      return type == Parameter.Type.CHOICE
          ? Parameter.Range.of(keys(valueClass))
          : Parameter.Range.ANY;
    }
    if (Double.isNaN(least) == Double.isNaN(above)) {
      throw wrong(owner, component, "is a number; allowed: either a least or an above");
    }
    double from = Double.isNaN(least) ? above : least;
    if (!Double.isFinite(from) || !Double.isFinite(most) || from >= most) {
      throw wrong(
          owner,
          component,
          "is a number from %s to %s; give it a least and a larger most".formatted(from, most));
    }
    if (type == Parameter.Type.WHOLE_NUMBER) {
      double widest = valueClass == int.class ? Integer.MAX_VALUE : MOST_WHOLE;
      boolean isWhole = from == Math.rint(from) && most == Math.rint(most) && Double.isNaN(above);
      if (!isWhole || from < -widest || most > widest) {
        throw wrong(
            owner,
            component,
            "is a whole number from %s to %s; allowed: a least and a most that are whole, of at most %d"
                .formatted(from, most, (long) widest));
      }
    }
    return new Parameter.Range(from, Double.isNaN(above), most, List.of());
  }

  private static List<String> keys(Class<?> enumClass) {
    return Arrays.stream(enumClass.getEnumConstants())
        .map(constant -> SettingsType.key((Enum<?>) constant))
        .toList();
  }

  private static Object fallback(
      String owner, RecordComponent component, String text, Parameter parameter) {
    Object value;
    try {
      value =
          switch (parameter.type()) {
            case WHOLE_NUMBER -> Long.valueOf(text);
            case NUMBER -> Double.valueOf(text);
            case FLAG ->
                text.equals("true") || text.equals("false") ? (Object) text.equals("true") : text;
            case CHOICE, TEXT -> text;
            case PATH, LAYERS ->
                throw wrong(owner, component, "has a fallback, and is read from a file");
          };
    } catch (NumberFormatException e) {
      value = text;
    }
    return parameter
        .accept(value)
        .orElseThrow(
            () ->
                wrong(
                    owner,
                    component,
                    "has the fallback '%s'; allowed: %s".formatted(text, parameter.allowed())));
  }

  Parameter parameter() {
    return parameter;
  }

  /**
   * The component's value.
   *
   * @param values checked, defaults filled in
   */
  Object read(Map<String, Object> values) {
    Object value = values.get(parameter.name());
    Class<?> raw = component.getType();
    if (raw == OptionalInt.class) {
      return value == null ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact((Long) value));
    }
    if (raw == OptionalLong.class) {
      return value == null ? OptionalLong.empty() : OptionalLong.of((Long) value);
    }
    if (raw == OptionalDouble.class) {
      return value == null ? OptionalDouble.empty() : OptionalDouble.of((Double) value);
    }
    return isOptional ? Optional.ofNullable(value).map(this::typed) : typed(required(value));
  }

  private Object required(@Nullable Object value) {
    if (value == null) {
      throw new IllegalStateException("No value for " + parameter.name());
    }
    return value;
  }

  private Object typed(Object value) {
    if (valueClass == int.class) {
      return Math.toIntExact((Long) value);
    }
    return switch (parameter.type()) {
      case WHOLE_NUMBER, NUMBER, FLAG, TEXT -> value;
      case CHOICE ->
          Arrays.stream(valueClass.getEnumConstants())
              .filter(constant -> SettingsType.key((Enum<?>) constant).equals(value))
              .findFirst()
              .orElseThrow();
      case PATH -> Path.of((String) value);
      case LAYERS -> LayerList.fromText((String) value);
    };
  }

  /** Puts the component's value where values by name are, unless it is left out. */
  void write(Object held, Map<String, Object> values) {
    plain(held).ifPresent(value -> values.put(parameter.name(), untyped(value)));
  }

  private static Optional<?> plain(Object held) {
    if (held instanceof OptionalInt number) {
      return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
    }
    if (held instanceof OptionalLong number) {
      return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }
    if (held instanceof OptionalDouble number) {
      return number.isPresent() ? Optional.of(number.getAsDouble()) : Optional.empty();
    }
    return held instanceof Optional<?> optional ? optional : Optional.of(held);
  }

  private Object untyped(Object value) {
    return switch (parameter.type()) {
      case WHOLE_NUMBER -> ((Number) value).longValue();
      case NUMBER, FLAG, TEXT -> value;
      case CHOICE -> SettingsType.key((Enum<?>) value);
      case PATH -> value.toString();
      case LAYERS ->
          LayerList.toText(((List<?>) value).stream().map(LayerShape.class::cast).toList());
    };
  }

  /** What is wrong with the declaration; for whoever wrote the policy. */
  IllegalArgumentException wrong(String owner, String problem) {
    return wrong(owner, component, problem);
  }

  private static IllegalArgumentException wrong(
      String owner, RecordComponent component, String problem) {
    return new IllegalArgumentException(
        "%s: setting '%s' of %s %s"
            .formatted(
                owner, component.getName(), component.getDeclaringRecord().getName(), problem));
  }
}
