package org.sgsars.sparsifier;

import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.random.RandomStream;

/**
 * Writes one uniformly random row of each layer per iteration: the control that shows what the
 * score of {@link SgsSparsifier} is worth. The row depends on seed, layer and iteration alone.
 */
public final class RandomRowSparsifier implements SparsifierPolicy<PlainSparsifierSettings> {
  @Override
  public String kind() {
    return "random-row";
  }

  @Override
  public String summary() {
    return "Writes one uniformly random row per layer and iteration: the control.";
  }

  @Override
  public Class<PlainSparsifierSettings> settingsType() {
    return PlainSparsifierSettings.class;
  }

  @Override
  public int mostRows(PlainSparsifierSettings settings, LayerShape layer) {
    return 1;
  }

  @Override
  public boolean readsResidual() {
    return false;
  }

  @Override
  public Sparsifier create(
      LayerShape layer, PlainSparsifierSettings settings, long seed, Residual residual) {
    RandomStream iterations = RandomStream.of(seed, "iteration");
    return new WholeResidualSparsifier(
        residual,
        iteration -> {
          int row = iterations.child(iteration).generator().nextInt(layer.rows());
          return new Selection.Rows(new int[] {row});
        });
  }
}
