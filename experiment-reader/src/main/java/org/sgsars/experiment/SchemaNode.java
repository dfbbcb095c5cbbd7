package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.Parameter;

/** Parts of a JSON Schema, as maps and lists in the order in which to write them. */
final class SchemaNode {
  /** The reader takes a text as it stands in the file, even if it looks like a number. */
  private static final List<String> SCALARS = List.of("string", "number", "boolean");

  private static final String TYPE = "type";

  private SchemaNode() {}

  static Map<String, Object> of(String key, Object value) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put(key, value);
    return node;
  }

  static Map<String, Object> described(Map<String, Object> node, String description) {
    Map<String, Object> described = of("description", description);
    described.putAll(node);
    return described;
  }

  static Map<String, Object> withDefault(Map<String, Object> node, Object value) {
    node.put("default", value);
    return node;
  }

  /** A text that is not blank. */
  static Map<String, Object> text() {
    return text("\\S");
  }

  static Map<String, Object> text(String pattern) {
    Map<String, Object> node = of(TYPE, SCALARS);
    node.put("pattern", pattern);
    return node;
  }

  static Map<String, Object> flag() {
    return of(TYPE, "boolean");
  }

  static Map<String, Object> oneOf(List<String> words) {
    return of("enum", words);
  }

  static Map<String, Object> wholeNumber(long least, long most) {
    Map<String, Object> node = of(TYPE, "integer");
    node.put("minimum", least);
    node.put("maximum", most);
    return node;
  }

  static Map<String, Object> number(Section.Limits limits) {
    Map<String, Object> node = of(TYPE, "number");
    node.put("minimum", written(limits.least()));
    node.put(limits.isBelow() ? "exclusiveMaximum" : "maximum", written(limits.most()));
    return node;
  }

  /** As it was written: 0.1 and not its float32 neighbour. */
  private static double written(float limit) {
    return Double.parseDouble(Float.toString(limit));
  }

  static Map<String, Object> list(Map<String, Object> items, int least) {
    Map<String, Object> node = of(TYPE, "array");
    node.put("items", items);
    if (least > 0) {
      node.put("minItems", least);
    }
    return node;
  }

  /** A mapping of these keys and no others. */
  static Map<String, Object> mapping(Map<String, Object> properties, List<String> required) {
    Map<String, Object> node = of(TYPE, "object");
    node.put("properties", properties);
    if (!required.isEmpty()) {
      node.put("required", required);
    }
    node.put("additionalProperties", false);
    return node;
  }

  static Map<String, Object> reference(String definition) {
    return of("$ref", "#/definitions/" + definition);
  }

  /** A value, or several, each of which makes a scenario. */
  static Map<String, Object> orRange(Map<String, Object> value) {
    Map<String, Object> range = list(value, 1);
    range.put("uniqueItems", true);
    return of("anyOf", List.of(value, range));
  }

  /**
   * A setting of a policy.
   *
   * @param canSweep whether several values make several scenarios
   */
  static Map<String, Object> setting(Parameter parameter, boolean canSweep) {
    boolean isRange = canSweep && parameter.type() != Parameter.Type.LAYERS;
    Map<String, Object> values = values(parameter);
    Map<String, Object> node =
        described(isRange ? orRange(values) : values, description(parameter));
    parameter.fallback().ifPresent(value -> node.put("default", value));
    return node;
  }

  private static String description(Parameter parameter) {
    List<String> sentences = new ArrayList<>(List.of(parameter.about()));
    if (!parameter.unit().isEmpty()) {
      sentences.add("Unit: " + parameter.unit() + ".");
    }
    if (!parameter.absent().isEmpty() && parameter.fallback().isEmpty()) {
      sentences.add("If left out: " + parameter.absent() + ".");
    }
    return String.join(" ", sentences);
  }

  private static Map<String, Object> values(Parameter parameter) {
    Parameter.Range range = parameter.range();
    return switch (parameter.type()) {
      case WHOLE_NUMBER -> wholeNumber((long) range.least(), (long) range.most());
      case NUMBER -> {
        Map<String, Object> node = of(TYPE, "number");
        node.put(range.leastIncluded() ? "minimum" : "exclusiveMinimum", range.least());
        node.put("maximum", range.most());
        yield node;
      }
      case FLAG -> flag();
      case CHOICE -> oneOf(range.choices());
      case TEXT, PATH -> text();
      case LAYERS -> of("anyOf", List.of(list(layer(), 1), text()));
    };
  }

  private static Map<String, Object> layer() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("name", text());
    keys.put("rows", wholeNumber(1, LayerShape.MAX_ROWS));
    keys.put("columns", wholeNumber(1, LayerShape.MAX_COLUMNS));
    return mapping(keys, List.copyOf(keys.keySet()));
  }
}
