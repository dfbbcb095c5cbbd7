package org.sgsars.sgs.core;

import java.util.List;
import java.util.SplittableRandom;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.Selection;
import org.sgsars.contract.model.Settings;
import org.sgsars.contract.policy.Parameter;

/**
 * Writes one uniformly random row of each layer per iteration: the control that shows what the
 * score of {@link SgsSparsifier} is worth. The row depends on seed, layer and iteration alone.
 */
public final class RandomRowSparsifier implements SparsifierPolicy {
  /** The golden ratio's fraction times 2^64, which spreads neighbouring iterations' seeds. */
  private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

  @Override
  public String kind() {
    return "random-row";
  }

  @Override
  public String summary() {
    return "Writes one uniformly random row of each layer per iteration; the control.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public boolean readsResidual() {
    return false;
  }

  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    return new WholeResidualSparsifier(
        residual,
        iteration -> {
          int row = new SplittableRandom(seed + SPREAD * iteration).nextInt(layer.rows());
          return new Selection.Rows(new int[] {row});
        });
  }
}
