package org.sgsars.policy;

import java.util.Optional;
import java.util.OptionalInt;
import org.sgsars.model.PolicyChoice;

/**
 * The setting by which a sparsifier asks for the wear of its rows: a record of settings that has
 * this one among its components. Such a sparsifier serves one scenario only.
 *
 * <p>Two services go by it, and one of them does not have the sparsifier; that one reads it by
 * {@link #interval}.
 *
 * @param wearFeedback iterations between two reports of wear
 */
public record WearFeedback(
    @Setting(
            about =
                "Time between two reports of wear, which come back from behind the levelling; each is used so much later.",
            unit = "iterations",
            least = 1,
            most = Policy.MOST_INTERVAL,
            fallback = "64")
        int wearFeedback) {
  private static final String NAME = SettingsType.of(WearFeedback.class).parameters().get(0).name();

  /** Iterations between two reports that a sparsifier asks for, if it does, whichever it is. */
  public static OptionalInt interval(PolicyChoice sparsifier) {
    return sparsifier.settings().get(NAME) instanceof Long interval && isAllowed(interval)
        ? OptionalInt.of(Math.toIntExact(interval))
        : OptionalInt.empty();
  }

  /** What keeps a service from going by what a sparsifier asks for, whichever it is, or nothing. */
  public static Optional<String> problemWith(PolicyChoice sparsifier) {
    Object given = sparsifier.settings().get(NAME);
    return given == null || (given instanceof Long interval && isAllowed(interval))
        ? Optional.empty()
        : Optional.of(
            "%s of sparsifier '%s' is %s; allowed: a whole number from 1 to %d"
                .formatted(NAME, sparsifier.kind(), given, Integer.MAX_VALUE));
  }

  private static boolean isAllowed(long interval) {
    return interval >= 1 && interval <= Integer.MAX_VALUE;
  }
}
