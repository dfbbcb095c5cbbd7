package org.sgsars.sgs.core;

import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.Settings;
import org.sgsars.contract.policy.Policy;
import org.sgsars.contract.policy.PolicyFamily;

/** A kind of sparsifier that experiments can name. */
public interface SparsifierPolicy extends Policy {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.SPARSIFIER;
  }

  /**
   * Whether its choice depends on the accumulated gradients. If not, the residual is kept only
   * where weight decay needs the weights, and {@link Sparsifier#accumulate} may not be called.
   */
  boolean readsResidual();

  /**
   * @param layer the layer
   * @param settings checked, defaults filled in
   * @param seed of this layer in this run; the same for every sparsifier
   * @param residual the layer's accumulated gradients, all 0 at first
   */
  Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual);
}
