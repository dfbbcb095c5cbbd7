package org.sgsars.policy;

import java.util.Optional;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;

/**
 * A policy with the settings of one run: what {@link Policy} answers for any settings, it answers
 * for these. Each family has its own, which makes what the policy makes.
 *
 * @param <S> the policy's settings
 */
public interface BoundPolicy<S extends Record> {
  Policy<S> policy();

  S settings();

  /** A policy with its settings, of whatever family. */
  static <S extends Record> BoundPolicy<S> of(Policy<S> policy, S settings) {
    record OfAnyFamily<T extends Record>(Policy<T> policy, T settings) implements BoundPolicy<T> {}
    return new OfAnyFamily<>(policy, settings);
  }

  /** The policy's kind. */
  default String kind() {
    return policy().kind();
  }

  /** The choice of this policy with every setting, as a manifest holds it. */
  default PolicyChoice choice() {
    return policy().choice(settings());
  }

  /**
   * As {@link Policy#withFilesRead}: the choice as it goes to a run's services, if a file was read.
   *
   * @throws SettingFileException if a file does not hold what it should
   */
  default Optional<PolicyChoice> withFilesRead(SettingFiles files) throws SettingFileException {
    S read = policy().withFilesRead(settings(), files);
    return read.equals(settings()) ? Optional.empty() : Optional.of(policy().choice(read));
  }

  /** What is wrong with the settings together, or nothing. */
  default Optional<String> problem() {
    return policy().problemWith(settings()).or(() -> policy().familyProblemWith(settings()));
  }

  /** What keeps the policy from working on a layer's array, or nothing. It has one block of it. */
  default Optional<String> problemWith(ArrayShape array) {
    return policy().problemWith(settings(), array.block());
  }

  /** As {@link Policy#stateBits}, of one block of the array. */
  default OptionalLong stateBits(ArrayShape array, long iterations) {
    return policy().stateBits(settings(), array.block(), iterations);
  }

  /** As {@link Policy#leastIterations}. */
  default OptionalLong leastIterations(int rowsPerIteration) {
    return policy().leastIterations(settings(), rowsPerIteration);
  }

  /** As {@link Policy#mostRows}. */
  default int mostRows(LayerShape layer) {
    return policy().mostRows(settings(), layer);
  }

  /** As {@link Policy#writesCells}. */
  default boolean writesCells() {
    return policy().writesCells(settings());
  }
}
