package org.sgsars.mapping;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.sgsars.model.LayerMap;

/**
 * What somebody says of layers, by their names.
 *
 * @param place where it is said, for messages
 * @param match a layer's name or a parameter's, in which {@code *} stands for any characters, dots
 *     among them, and {@code ?} for one
 * @param kind name of a module, such as {@code Conv1D}
 * @param axes of the weight; see {@link LayerMap#AXES_RULE}
 * @param groups of the layer
 * @param isDigital whether it does not lie on crossbars
 */
public record LayerRule(
    String place,
    String match,
    Optional<String> kind,
    Optional<String> axes,
    OptionalInt groups,
    boolean isDigital) {
  /** What a rule's kind may be. */
  public static List<String> kinds() {
    return LayerKind.all();
  }

  /** The same, for messages. */
  public static String kindRule() {
    return "one of " + kinds();
  }

  /**
   * @throws IllegalArgumentException if there is no such kind
   */
  public static void requireKind(String kind) {
    if (!LayerKind.isKnown(kind)) {
      throw new IllegalArgumentException(
          "kind '%s' is not known; allowed: %s".formatted(kind, kindRule()));
    }
  }

  /**
   * @throws IllegalArgumentException if it says nothing, or two things
   */
  public LayerRule {
    boolean says = kind.isPresent() || axes.isPresent() || groups.isPresent();
    if (says == isDigital) {
      throw new IllegalArgumentException(
          isDigital
              ? "what is digital has neither kind nor axes nor groups"
              : "says nothing; give kind, axes or groups, or on: digital");
    }
    kind.ifPresent(LayerRule::requireKind);
    // Whether they fit a weight is known when there is one.
    axes.ifPresent(LayerMap::axes);
  }

  /** Whether a name is one that it means. */
  boolean matches(String name) {
    return Glob.matches(match, name);
  }

  /** Whether it keeps what it matches off the crossbars. */
  boolean isOffCrossbars() {
    return isDigital
        || (kind.isPresent() && axes.isEmpty() && LayerKind.axes(kind.get()).isEmpty());
  }
}
