package org.sgsars.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Settings;

/**
 * A policy as an experiment names it. The subinterface of its family says what it makes.
 *
 * <p>A policy is found through {@link java.util.ServiceLoader}: its class stands on one line of
 * {@code META-INF/services/org.sgsars.policy.Policy} and has a public constructor without
 * arguments. Instances hold no state.
 */
public interface Policy {
  /** Largest interval, in iterations or writes; no run here has got as far. */
  long MOST_INTERVAL = 1_000_000_000;

  PolicyFamily family();

  /** Name in experiment files, in kebab case, unique in the family. */
  String kind();

  /** What it does, in one sentence, for people. */
  String summary();

  /** The settings it takes, in the order in which to document them. */
  List<Parameter> parameters();

  /** The settings it takes, with those that all policies of its family take. */
  default List<Parameter> allParameters() {
    return parameters();
  }

  /**
   * Settings as an experiment that gives only some of them would have them.
   *
   * @param given by name, each allowed
   */
  default Settings settings(Map<String, ?> given) {
    Map<String, Object> settings = new TreeMap<>();
    for (Parameter parameter : allParameters()) {
      parameter.fallback().ifPresent(value -> settings.put(parameter.name(), value));
    }
    settings.putAll(given);
    return Settings.of(settings);
  }

  /** What is wrong with what all policies of the family take, or nothing. */
  default Optional<String> familyProblemWith(Settings settings) {
    return Optional.empty();
  }

  /** What is wrong with a combination of settings that are each right, or nothing. */
  default Optional<String> problemWith(Settings settings) {
    return Optional.empty();
  }

  /** What keeps the policy from working on a layer's array, or nothing. */
  default Optional<String> problemWith(Settings settings, ArrayShape array) {
    return Optional.empty();
  }

  /**
   * State that hardware would have to keep for one layer's array, in bits: row maps, counters,
   * keys.
   *
   * @param iterations of the run; counters are wide enough to count each
   * @return empty if the policy does not say
   */
  default OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    return OptionalLong.empty();
  }

  /**
   * Iterations that a run needs at least for a leveller to move any row, as far as its settings say
   * so.
   *
   * @param rowsPerIteration rows of the layer that an iteration writes at most, at least 1
   * @return empty if that depends on what is written, or the policy does not say
   */
  default OptionalLong leastIterations(Settings settings, int rowsPerIteration) {
    return OptionalLong.empty();
  }

  /**
   * Rows of a layer that a sparsifier writes in one iteration at most.
   *
   * @return at least 1; all rows if the policy does not say
   */
  default int mostRows(Settings settings, LayerShape layer) {
    return layer.rows();
  }

  /** Whether it is a source that may say in epochs how long a run is. */
  default boolean countsEpochs() {
    return false;
  }

  /** Whether it works only where a device is modelled. */
  default boolean needsDevice() {
    return false;
  }

  /** Whether it may write single cells, so that the cells of a row wear apart. */
  default boolean writesCells(Settings settings) {
    return false;
  }
}
