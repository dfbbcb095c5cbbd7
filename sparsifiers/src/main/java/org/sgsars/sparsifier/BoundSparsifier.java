package org.sgsars.sparsifier;

import java.util.Optional;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.BoundPolicy;

/**
 * A sparsifier's policy with the settings of one run.
 *
 * @param <S> the settings
 */
public record BoundSparsifier<S extends Record & SparsifierSettings>(
    SparsifierPolicy<S> policy, S settings) implements BoundPolicy<S> {
  /** As {@link SparsifierPolicy#readsResidual}. */
  public boolean readsResidual() {
    return policy.readsResidual();
  }

  /** As {@link SparsifierSettings#steps}. */
  Optional<WholeSteps> steps() {
    return settings.steps();
  }

  /** As {@link SparsifierPolicy#create}. */
  public Sparsifier create(LayerShape layer, long seed, Residual residual) {
    return policy.create(layer, settings, seed, residual);
  }
}
