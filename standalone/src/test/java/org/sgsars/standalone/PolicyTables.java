package org.sgsars.standalone;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/** The tables of policies in the documents, from what policies declare. */
final class PolicyTables {
  private PolicyTables() {}

  /**
   * The policies of a family, each with its settings.
   *
   * @param shared settings that stand in a table of their own
   */
  static String policies(Policies policies, PolicyFamily family, List<Parameter> shared) {
    List<String> lines = new ArrayList<>();
    lines.add("| kind | setting | meaning | unit | default | allowed |");
    lines.add("| --- | --- | --- | --- | --- | --- |");
    for (Policy<?> policy : policies.all(family)) {
      lines.add("| `%s` | | %s | | | |".formatted(policy.kind(), policy.summary()));
      for (Parameter parameter : SettingsType.of(policy).parameters()) {
        if (!shared.contains(parameter)) {
          lines.add("| " + row(parameter));
        }
      }
    }
    return String.join("\n", lines);
  }

  /** Settings that several policies share. */
  static String settings(List<Parameter> parameters) {
    return parameters.stream()
        .map(PolicyTables::row)
        .collect(
            Collectors.joining(
                "\n",
                "| setting | meaning | unit | default | allowed |\n| --- | --- | --- | --- | --- |\n",
                ""));
  }

  private static String row(Parameter parameter) {
    return "| `%s` | %s | %s | %s | %s |"
        .formatted(
            parameter.name(),
            parameter.about(),
            parameter.unit(),
            fallback(parameter),
            allowed(parameter))
        .replace("|  |", "| |")
        .replace("|  |", "| |");
  }

  private static String fallback(Parameter parameter) {
    return parameter.required()
        ? "required"
        : parameter.fallback().map(PolicyTables::word).orElse(parameter.absent());
  }

  private static String allowed(Parameter parameter) {
    Parameter.Range range = parameter.range();
    return switch (parameter.type()) {
      case WHOLE_NUMBER, NUMBER ->
          (range.leastIncluded() ? "%s to %s" : "above %s, at most %s")
              .formatted(number(range.least()), number(range.most()));
      case FLAG -> "true, false";
      case CHOICE ->
          range.choices().stream().map(PolicyTables::word).collect(Collectors.joining(", "));
      case TEXT -> "a text";
      case PATH -> "a path, relative to the experiment file";
      case LAYERS -> "rows and columns 1 to " + LayerShape.MAX_ROWS + " each";
    };
  }

  private static String word(Object value) {
    return value instanceof String word
        ? "`" + word + "`"
        : value instanceof Number number ? number(number.doubleValue()) : value.toString();
  }

  private static String number(double value) {
    boolean isPlain = value == Math.rint(value) && Math.abs(value) < 1e10;
    return isPlain ? Long.toString((long) value) : Double.toString(value).replace(".0E", "e");
  }
}
