package org.sgsars.sparsifier;

import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;

/** Writes every cell every iteration: the baseline of every lifetime extension. */
public final class DenseSparsifier implements SparsifierPolicy<PlainSparsifierSettings> {
  @Override
  public String kind() {
    return "dense";
  }

  @Override
  public String summary() {
    return "Writes every cell every iteration: the baseline.";
  }

  @Override
  public Class<PlainSparsifierSettings> settingsType() {
    return PlainSparsifierSettings.class;
  }

  @Override
  public boolean readsResidual() {
    return false;
  }

  @Override
  public Sparsifier create(
      LayerShape layer, PlainSparsifierSettings settings, long seed, Residual residual) {
    return new WholeResidualSparsifier(residual, iteration -> new Selection.All());
  }
}
