package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * In which order a network's weights follow each other, as far as that can be known. Frameworks
 * list a network's parameters in its own order, but files often hold them sorted by name. So the
 * given order counts where it cannot be the sorted one and counts numbers upwards; names that
 * differ in numbers alone are in order by these in any case.
 */
final class WeightOrder {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  private static final Comparator<String> BY_NUMBERS =
      Comparator.comparing(WeightOrder::numbers, WeightOrder::compareNumbers);

  /** Names with their numbers as numbers: {@code layers.2} before {@code layers.10}. */
  private static final Comparator<String> NATURAL =
      Comparator.comparing(WeightOrder::padded).thenComparing(Comparator.naturalOrder());

  private final List<Candidate> weights;
  private final boolean isTrusted;
  private final Map<Candidate, Integer> places = new HashMap<>();

  WeightOrder(List<Candidate> given) {
    List<Candidate> natural = new ArrayList<>(given);
    natural.sort(Comparator.comparing(weight -> weight.layer, NATURAL));
    isTrusted = !isSorted(given) && countsUpwards(given);
    weights = isTrusted ? List.copyOf(given) : natural;
    for (int i = 0; i < weights.size(); i++) {
      places.put(weights.get(i), i);
    }
  }

  /** The weights: in the network's order if that is known, by their names otherwise. */
  List<Candidate> weights() {
    return weights;
  }

  /** Whether {@link #weights()} is the network's order. */
  boolean isTrusted() {
    return isTrusted;
  }

  /** Whether the names of two weights differ in numbers alone, so that these order them. */
  static boolean isNumbered(Candidate one, Candidate other) {
    return pattern(one.layer).equals(pattern(other.layer));
  }

  /** Whether the numbers in its name put a weight before another. */
  boolean isNumberedBefore(Candidate one, Candidate other) {
    return isNumbered(one, other) && place(one) < place(other);
  }

  private int place(Candidate weight) {
    return places.getOrDefault(weight, -1);
  }

  /** A layer's name with # for each number. */
  static String pattern(String layer) {
    return NUMBER.matcher(layer).replaceAll("#");
  }

  private static boolean isSorted(List<Candidate> given) {
    for (int i = 1; i < given.size(); i++) {
      if (given.get(i - 1).weight.name().compareTo(given.get(i).weight.name()) > 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean countsUpwards(List<Candidate> given) {
    Map<String, String> last = new HashMap<>();
    for (Candidate weight : given) {
      String before = last.put(pattern(weight.layer), weight.layer);
      if (before != null && BY_NUMBERS.compare(before, weight.layer) > 0) {
        return false;
      }
    }
    return true;
  }

  private static List<String> numbers(String layer) {
    return NUMBER.matcher(layer).results().map(MatchResult::group).toList();
  }

  private static int compareNumbers(List<String> one, List<String> other) {
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      int compared = padded(one.get(i)).compareTo(padded(other.get(i)));
      if (compared != 0) {
        return compared;
      }
    }
    return Integer.compare(one.size(), other.size());
  }

  /** Numbers with zeros in front, so that texts compare as numbers do. */
  private static String padded(String layer) {
    return NUMBER
        .matcher(layer)
        .replaceAll(
            number -> "0".repeat(Math.max(0, 20 - number.group().length())) + number.group());
  }
}
