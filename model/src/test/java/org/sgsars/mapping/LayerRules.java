package org.sgsars.mapping;

import java.util.Optional;
import java.util.OptionalInt;

/** Rules that say one thing each, for tests. */
public final class LayerRules {
  /** Where rules stand of which it does not matter. */
  public static final String PLACE = "x.yml:3: layers[0]";

  private LayerRules() {}

  public static LayerRule axes(String match, String axes) {
    return axes(PLACE, match, axes);
  }

  public static LayerRule axes(String place, String match, String axes) {
    return new LayerRule(
        place, match, Optional.empty(), Optional.of(axes), OptionalInt.empty(), false);
  }

  public static LayerRule kind(String match, String kind) {
    return kind(PLACE, match, kind);
  }

  public static LayerRule kind(String place, String match, String kind) {
    return new LayerRule(
        place, match, Optional.of(kind), Optional.empty(), OptionalInt.empty(), false);
  }

  public static LayerRule groups(String match, int groups) {
    return groups(PLACE, match, groups);
  }

  public static LayerRule groups(String place, String match, int groups) {
    return new LayerRule(
        place, match, Optional.empty(), Optional.empty(), OptionalInt.of(groups), false);
  }

  public static LayerRule digital(String match) {
    return digital(PLACE, match);
  }

  public static LayerRule digital(String place, String match) {
    return new LayerRule(
        place, match, Optional.empty(), Optional.empty(), OptionalInt.empty(), true);
  }
}
