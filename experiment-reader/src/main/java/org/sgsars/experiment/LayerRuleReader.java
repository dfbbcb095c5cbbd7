package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.LayerMap;

/** Reads what an experiment says of layers by their names. */
final class LayerRuleReader {
  static final String MATCH_RULE =
      "a layer's name or a parameter's, in which * is any characters and ? any one";
  static final String DIGITAL = "digital";
  static final String KEY = "layers";
  static final long MOST_GROUPS = Integer.MAX_VALUE;

  private LayerRuleReader() {}

  /** The rules of a section, in order; what is wrong is reported. */
  static List<LayerRule> read(Section parent) {
    List<LayerRule> rules = new ArrayList<>();
    if (!parent.has(KEY)) {
      return rules;
    }
    for (Section section : parent.sections(KEY, List.of("match", "kind", "axes", "groups", "on"))) {
      rule(section, rules.size()).ifPresent(rules::add);
    }
    return rules;
  }

  private static Optional<LayerRule> rule(Section section, int index) {
    if (!section.has("match")) {
      section.report("match", "is missing; allowed: " + MATCH_RULE);
      return Optional.empty();
    }
    Optional<String> match = section.text("match", MATCH_RULE);
    Optional<String> kind = checked(section, "kind", LayerRule.kindRule(), LayerRule::requireKind);
    Optional<String> axes = checked(section, "axes", LayerMap.AXES_RULE, LayerMap::axes);
    OptionalInt groups =
        section.has("groups")
            ? OptionalInt.of((int) section.wholeNumber("groups", 1, 1, MOST_GROUPS))
            : OptionalInt.empty();
    Optional<String> on = section.text("on", DIGITAL);
    if (on.isPresent() && !on.get().equals(DIGITAL)) {
      section.notAllowed("on", DIGITAL);
      return Optional.empty();
    }
    boolean isWrong =
        (section.has("kind") && kind.isEmpty()) || (section.has("axes") && axes.isEmpty());
    if (isWrong) {
      return Optional.empty();
    }
    try {
      return match.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new LayerRule(
                  "layers[%d] in line %d".formatted(index, section.line()),
                  match.get(),
                  kind,
                  axes,
                  groups,
                  on.isPresent()));
    } catch (IllegalArgumentException e) {
      section.report("match", e.getMessage());
      return Optional.empty();
    }
  }

  /** Says whether a text is allowed. */
  private interface Check {
    void require(String text);
  }

  private static Optional<String> checked(
      Section section, String key, String allowed, Check check) {
    Optional<String> text = section.text(key, allowed);
    try {
      text.ifPresent(check::require);
      return text;
    } catch (IllegalArgumentException e) {
      section.notAllowed(key, allowed);
      return Optional.empty();
    }
  }
}
