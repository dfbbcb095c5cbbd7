package org.sgsars.sparsifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** A kind of sparsifier that experiments can name. */
public interface SparsifierPolicy extends Policy {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.SPARSIFIER;
  }

  @Override
  default List<Parameter> allParameters() {
    List<Parameter> all = new ArrayList<>(parameters());
    all.addAll(Quantization.parameters());
    return all;
  }

  @Override
  default Optional<String> familyProblemWith(Settings settings) {
    return Quantization.problemWith(settings);
  }

  @Override
  default boolean writesCells(Settings settings) {
    return Quantization.skips(settings);
  }

  /**
   * Whether its choice depends on the accumulated gradients. If not, the residual is kept only
   * where weight decay needs the weights or quantization leaves remainders, and {@link
   * Sparsifier#accumulate} may not be called.
   */
  boolean readsResidual();

  /**
   * @param layer the layer
   * @param settings checked, defaults filled in
   * @param seed of this kind of sparsifier in this layer of this run
   * @param residual the layer's accumulated gradients, all 0 at first
   */
  Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual);
}
