package org.sgsars.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;

/**
 * A policy as an experiment names it. The subinterface of its family says what it makes.
 *
 * <p>A policy is found through {@link java.util.ServiceLoader}: its class stands on one line of
 * {@code META-INF/services/org.sgsars.policy.Policy} and has a public constructor without
 * arguments. Instances hold no state.
 *
 * @param <S> its settings: a record whose components are declared by {@link Setting}, or {@link
 *     NoSettings}
 */
public interface Policy<S extends Record> {
  /** Largest interval, in iterations or writes; no run here has got as far. */
  long MOST_INTERVAL = 1_000_000_000;

  PolicyFamily family();

  /** Name in experiment files, in kebab case, unique in the family. */
  String kind();

  /** What it does, for people, in one or a few sentences. */
  String summary();

  /** The record of the settings it takes, in the order in which to document them. */
  Class<S> settingsType();

  /**
   * Settings of this kind where several kinds share a record: what it holds is the fallback of each
   * setting, instead of the one that is declared.
   *
   * @return empty if the record's fallbacks are those of this kind
   */
  default Optional<S> preset() {
    return Optional.empty();
  }

  /**
   * Settings as an experiment that gives only some of them would have them.
   *
   * @param given by name
   * @throws IllegalArgumentException with everything that is not allowed
   */
  default S settings(Map<String, ?> given) {
    return SettingsType.of(this).bind(given);
  }

  /**
   * This policy with the settings of a run.
   *
   * @throws IllegalArgumentException with everything that is not allowed of them
   * @throws PolicyFailure if the policy or its record throws
   */
  default BoundPolicy<S> bind(PolicyChoice choice) {
    return BoundPolicy.of(this, SettingsType.bind(this, choice));
  }

  /**
   * Settings as a run's services are handed them, which do not have the files that an experiment
   * names: what the policy needs of such a file is put in here. Asked once, where an experiment is
   * read, of settings without a problem.
   *
   * @return the same settings if nothing was read
   * @throws SettingFileException if a file does not hold what it should
   */
  default S withFilesRead(S settings, SettingFiles files) throws SettingFileException {
    return settings;
  }

  /** The choice of this policy with some settings, as a manifest holds it. */
  default PolicyChoice choice(S settings) {
    return new PolicyChoice(kind(), SettingsType.of(this).values(settings));
  }

  /** What is wrong with what all policies of the family take, or nothing. */
  default Optional<String> familyProblemWith(S settings) {
    return Optional.empty();
  }

  /** What is wrong with a combination of settings that are each right, or nothing. */
  default Optional<String> problemWith(S settings) {
    return Optional.empty();
  }

  /** What keeps the policy from working on a layer's array, or nothing. */
  default Optional<String> problemWith(S settings, ArrayShape array) {
    return Optional.empty();
  }

  /**
   * State that hardware would have to keep for one layer's array, in bits: row maps, counters,
   * keys.
   *
   * @param iterations of the run; counters are wide enough to count each
   * @return empty if the policy does not say
   */
  default OptionalLong stateBits(S settings, ArrayShape array, long iterations) {
    return OptionalLong.empty();
  }

  /**
   * Iterations that a run needs at least for a leveller to move any row, as far as its settings say
   * so.
   *
   * @param rowsPerIteration rows of the layer that an iteration writes at most, at least 1
   * @return empty if that depends on what is written, or the policy does not say
   */
  default OptionalLong leastIterations(S settings, int rowsPerIteration) {
    return OptionalLong.empty();
  }

  /**
   * Rows of a layer that a sparsifier writes in one iteration at most.
   *
   * @return at least 1; all rows if the policy does not say
   */
  default int mostRows(S settings, LayerShape layer) {
    return layer.rows();
  }

  /** Whether it is a source that may say in epochs how long a run is. */
  default boolean countsEpochs() {
    return false;
  }

  /**
   * Whether it is a source of which another program trains the network: that has an optimizer of
   * its own, and tests accuracy when it wants to, so that an experiment says nothing of either.
   */
  default boolean trainsElsewhere() {
    return false;
  }

  /**
   * Others of its family that it is only a name for. Where an experiment or a manifest is read they
   * take its place, so that nobody else meets it.
   *
   * @param onDevice whether a device is modelled
   * @return empty if it is a policy of its own
   */
  default List<PolicyChoice> standsFor(boolean onDevice) {
    return List.of();
  }

  /** Whether it works only where a device is modelled. */
  default boolean needsDevice() {
    return false;
  }

  /** Whether it is a leveller that gives rows writes by what they survive. */
  default boolean levelsByEndurance() {
    return false;
  }

  /** Whether it may write single cells, so that the cells of a row wear apart. */
  default boolean writesCells(S settings) {
    return false;
  }
}
