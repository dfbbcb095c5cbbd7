package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sgsars.experiment.Ranges.Found;
import org.sgsars.model.Sweep;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * An entry of the file's scenarios and the scenarios that it is: one for each combination of its
 * ranges' values, or a single one without ranges.
 *
 * @param section the entry
 * @param ranges in the order of the file; the first varies slowest
 */
record ScenarioSweep(Section section, List<Found> ranges) {
  /** The entry as a sweep, if it has ranges. */
  Optional<Sweep> of(String name, int firstScenario) {
    return ranges.isEmpty()
        ? Optional.empty()
        : Optional.of(new Sweep(name, firstScenario, ranges.stream().map(Found::range).toList()));
  }

  /** How many scenarios it is; {@code Integer.MAX_VALUE} for more than that. */
  int count() {
    return of("", 0).map(Sweep::count).orElse(1);
  }

  /** The values of a scenario, in place of the lists that have them. */
  Map<Node, Node> chosen(int scenario) {
    return of("", 0)
        .map(sweep -> Ranges.chosen(ranges, sweep.indicesOf(scenario)))
        .orElse(Map.of());
  }

  /**
   * The name of a scenario: the entry's, then what it has of each range, such as {@code
   * ars-interval-256-pairs-8}. Nothing if no scenario can be called so, which is reported.
   */
  Optional<String> name(String ofEntry, int scenario, Names names) {
    String name = ofEntry + suffix(scenario);
    if (ofEntry.matches(ExperimentFile.NAME) && !name.matches(ExperimentFile.NAME)) {
      section.report(
          "name",
          "'%s' would be the name of one of its scenarios, and has %d characters; allowed: at most 64; shorten '%s'"
              .formatted(name, name.length(), ofEntry));
      return Optional.empty();
    }
    names.claim(name, section);
    return Optional.of(name);
  }

  private String suffix(int scenario) {
    StringBuilder suffix = new StringBuilder();
    of("", 0)
        .ifPresent(
            sweep -> {
              List<String> labels = sweep.labels();
              List<Integer> indices = sweep.indicesOf(scenario);
              for (int i = 0; i < labels.size(); i++) {
                String label = labels.get(i).replaceAll("[\\[\\]]", "").replace('.', '-');
                String value = ranges.get(i).text(indices.get(i));
                suffix.append('-').append(label).append('-').append(value);
              }
            });
    return suffix.toString();
  }

  /** Says so if ranges make more scenarios than there may be, and whether they do. */
  static boolean reportTooMany(List<ScenarioSweep> entries) {
    long all = entries.stream().mapToLong(ScenarioSweep::count).sum();
    Optional<ScenarioSweep> largest =
        entries.stream()
            .filter(entry -> !entry.ranges.isEmpty())
            .max(Comparator.comparingInt(ScenarioSweep::count));
    if (all <= Sweep.MOST_SCENARIOS || largest.isEmpty()) {
      return false;
    }
    largest.get().reportTooMany(all);
    return true;
  }

  private void reportTooMany(long all) {
    List<String> labels = of("", 0).orElseThrow().labels();
    List<String> sizes = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      sizes.add("%d of %s".formatted(ranges.get(i).nodes().size(), labels.get(i)));
    }
    section.report(
        section.line(),
        section.place(),
        "is %s scenarios (%s)%s; allowed: at most %d in all"
            .formatted(
                shown(count()),
                sizes.stream().collect(Collectors.joining(" x ")),
                all > count() ? ", and the file " + shown(all) : "",
                Sweep.MOST_SCENARIOS));
  }

  private static String shown(long count) {
    return count >= Integer.MAX_VALUE ? "more than two billion" : Long.toString(count);
  }

  /** The names that scenarios have, and which entry of the file gives them. */
  static final class Names {
    private final Map<String, Section> claimed = new HashMap<>();

    /** Claims a name, or reports whose it is. */
    void claim(String name, Section entry) {
      Section before = claimed.putIfAbsent(name, entry);
      if (before != null) {
        entry.report(
            "name",
            "'%s' is taken by %s in line %d; every scenario needs its own name"
                .formatted(name, before.place(), before.line("name")));
      }
    }
  }
}
