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
      rule(section).ifPresent(rules::add);
    }
    return rules;
  }

  private static Optional<LayerRule> rule(Section section) {
    Optional<String> match = match(section);
    if (match.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> kind = checked(section, "kind", LayerRule.kindRule(), LayerRule::requireKind);
    Optional<String> axes = checked(section, "axes", LayerMap.AXES_RULE, LayerMap::axes);
    OptionalInt groups =
        section.has("groups")
            ? OptionalInt.of((int) section.wholeNumber("groups", 1, 1, MOST_GROUPS))
            : OptionalInt.empty();
    boolean isDigital = isDigital(section);
    boolean isWrong =
        (section.has("kind") && kind.isEmpty())
            || (section.has("axes") && axes.isEmpty())
            || (section.has("on") && !isDigital);
    if (isWrong) {
      return Optional.empty();
    }
    try {
      return Optional.of(new LayerRule(section.at(), match.get(), kind, axes, groups, isDigital));
    } catch (IllegalArgumentException e) {
      section.report("match", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Which layers a section means; nothing if it does not say, which is reported. */
  static Optional<String> match(Section section) {
    if (!section.has("match")) {
      section.report("match", "is missing; allowed: " + MATCH_RULE);
    }
    return section.text("match", MATCH_RULE);
  }

  /** Whether a section takes its layers off the crossbars; what is wrong is reported. */
  static boolean isDigital(Section section) {
    Optional<String> on = section.text("on", DIGITAL);
    if (on.isPresent() && !on.get().equals(DIGITAL)) {
      section.notAllowed("on", DIGITAL);
      return false;
    }
    return on.isPresent();
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
