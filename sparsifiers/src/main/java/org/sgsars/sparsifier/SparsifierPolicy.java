package org.sgsars.sparsifier;

import java.util.Optional;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/**
 * A kind of sparsifier that experiments can name.
 *
 * @param <S> its settings
 */
public interface SparsifierPolicy<S extends Record & SparsifierSettings> extends Policy<S> {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.SPARSIFIER;
  }

  @Override
  default BoundSparsifier<S> bind(PolicyChoice choice) {
    return new BoundSparsifier<>(this, SettingsType.bind(this, choice));
  }

  @Override
  default Optional<String> familyProblemWith(S settings) {
    return settings.quantization().problem();
  }

  @Override
  default boolean writesCells(S settings) {
    return settings.steps().filter(WholeSteps::skipsUnchanged).isPresent();
  }

  /**
   * Whether its choice depends on the accumulated gradients. If not, the residual is kept only
   * where weight decay needs the weights or quantization leaves remainders, and {@link
   * Sparsifier#accumulate} may not be called.
   */
  boolean readsResidual();

  /**
   * @param layer the layer
   * @param seed of this kind of sparsifier in this layer of this run
   * @param residual the layer's accumulated gradients, all 0 at first
   */
  Sparsifier create(LayerShape layer, S settings, long seed, Residual residual);
}
