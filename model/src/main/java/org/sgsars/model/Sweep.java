package org.sgsars.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Scenarios that differ in some settings only: one for each combination of those settings' values,
 * side by side in their run, the first setting varying slowest.
 *
 * @param name as the experiment file has it; the scenarios' names begin with it
 * @param firstScenario index of the first of them in the run, at least 0
 * @param ranges at least one
 */
public record Sweep(String name, int firstScenario, List<Range> ranges) {
  /** Most scenarios of an experiment that sweeps. */
  public static final int MOST_SCENARIOS = 200;

  /**
   * A setting and its values.
   *
   * @param setting where a scenario has it, such as {@code leveller.interval}, {@code
   *     leveller[1].gap}, {@code device.median} or {@code crossbar.size}
   * @param values at least one, in the order of the file, each a {@code Boolean}, {@code Long},
   *     {@code Double} or {@code String}; no two are equal
   */
  public record Range(String setting, List<Object> values) {
    /**
     * @throws IllegalArgumentException if there are no values, or two are equal
     */
    public Range {
      values = List.copyOf(values);
      if (values.isEmpty() || new LinkedHashSet<>(values).size() < values.size()) {
        throw new IllegalArgumentException(
            "setting %s is swept over %s; allowed: at least one value, each once"
                .formatted(setting, values));
      }
    }

    /** The setting's own name: {@code interval} of {@code leveller.interval}. */
    public String key() {
      return setting.substring(setting.lastIndexOf('.') + 1);
    }

    /** Whether every value is a number. */
    public boolean isNumeric() {
      return values.stream().allMatch(Number.class::isInstance);
    }
  }

  /**
   * @throws IllegalArgumentException if there are no ranges, or the first scenario is negative
   */
  public Sweep {
    ranges = List.copyOf(ranges);
    if (ranges.isEmpty() || firstScenario < 0) {
      throw new IllegalArgumentException(
          "sweep %s has %d ranges from scenario %d on; allowed: at least one, from 0 on"
              .formatted(name, ranges.size(), firstScenario));
    }
  }

  /** How many scenarios it has; {@code Integer.MAX_VALUE} for more than that. */
  public int count() {
    long count = 1;
    for (Range range : ranges) {
      count = Math.min(Integer.MAX_VALUE, count * range.values().size());
    }
    return (int) count;
  }

  /** The index in the run behind its last scenario. */
  long end() {
    return (long) firstScenario + count();
  }

  /** Whether a scenario of the run is one of its own. */
  public boolean has(int scenario) {
    return scenario >= firstScenario && scenario < end();
  }

  /**
   * The values of one of its scenarios, one for each range.
   *
   * @param scenario index in the run
   * @throws IndexOutOfBoundsException if it is none of its own
   */
  public List<Object> valuesOf(int scenario) {
    List<Object> values = new ArrayList<>();
    List<Integer> indices = indicesOf(scenario);
    for (int range = 0; range < ranges.size(); range++) {
      values.add(ranges.get(range).values().get(indices.get(range)));
    }
    return values;
  }

  /** The same as indices into the ranges' values. */
  public List<Integer> indicesOf(int scenario) {
    if (!has(scenario)) {
      throw new IndexOutOfBoundsException(
          "Scenario %d is not of sweep %s, which has %d to %d"
              .formatted(scenario, name, firstScenario, end() - 1));
    }
    List<Integer> indices = new ArrayList<>();
    int rest = scenario - firstScenario;
    for (int range = ranges.size() - 1; range >= 0; range--) {
      int size = ranges.get(range).values().size();
      indices.add(0, rest % size);
      rest /= size;
    }
    return indices;
  }

  /**
   * What people call the swept settings, one for each range: the setting's own name where no other
   * range has the same, and the whole one otherwise.
   */
  public List<String> labels() {
    List<String> keys = ranges.stream().map(Range::key).toList();
    return ranges.stream()
        .map(
            range ->
                keys.stream().filter(range.key()::equals).count() == 1
                    ? range.key()
                    : range.setting())
        .toList();
  }

  /**
   * Holds sweeps against the scenarios of their run.
   *
   * @throws IllegalArgumentException if one has scenarios that there are not, or that another has
   */
  static void check(List<Sweep> sweeps, int scenarios) {
    long from = 0;
    for (Sweep sweep : sweeps) {
      if (sweep.firstScenario < from || sweep.end() > scenarios) {
        throw new IllegalArgumentException(
            "sweep %s has scenarios %d to %d; allowed: %d to %d"
                .formatted(sweep.name, sweep.firstScenario, sweep.end() - 1, from, scenarios - 1));
      }
      from = sweep.end();
    }
  }
}
