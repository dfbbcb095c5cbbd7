package org.sgsars.sparsifier;

import java.util.List;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/** Writes every cell every iteration: the baseline of every lifetime extension. */
public final class DenseSparsifier implements SparsifierPolicy {
  @Override
  public String kind() {
    return "dense";
  }

  @Override
  public String summary() {
    return "Writes every cell every iteration; the baseline.";
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
    return new WholeResidualSparsifier(residual, iteration -> new Selection.All());
  }
}
