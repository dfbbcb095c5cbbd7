package org.sgsars.simulation;

import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.policy.Setting;
import org.sgsars.sparsifier.DenseSparsifier;
import org.sgsars.sparsifier.PlainSparsifierSettings;
import org.sgsars.sparsifier.QuantizationSettings;
import org.sgsars.sparsifier.Residual;
import org.sgsars.sparsifier.Sparsifier;
import org.sgsars.sparsifier.SparsifierPolicy;
import org.sgsars.sparsifier.SparsifierSettings;

/** A user's sparsifier that writes all, until it breaks. */
public final class BreakingSparsifier implements SparsifierPolicy<BreakingSparsifier.Settings> {
  private static final DenseSparsifier DENSE = new DenseSparsifier();

  /**
   * When it breaks.
   *
   * @param at the iteration
   * @param quantization of how many bits weights are
   */
  public record Settings(
      @Setting(
              about = "The iteration in which it breaks.",
              unit = "iterations",
              least = 0,
              most = 1_000_000)
          long at,
      QuantizationSettings quantization)
      implements SparsifierSettings {}

  @Override
  public String kind() {
    return "breaking";
  }

  @Override
  public String summary() {
    return "Writes every cell, until it breaks.";
  }

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public boolean readsResidual() {
    return false;
  }

  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    Sparsifier dense =
        DENSE.create(layer, new PlainSparsifierSettings(settings.quantization()), seed, residual);
    return new Sparsifier() {
      @Override
      public void accumulate(int firstColumn, int columns, float[] velocity) {
        dense.accumulate(firstColumn, columns, velocity);
      }

      @Override
      public Selection select(long iteration) {
        if (iteration == settings.at()) {
          throw new UnsupportedOperationException("breaks in iteration " + iteration);
        }
        return dense.select(iteration);
      }

      @Override
      public void resume(int columns) {
        dense.resume(columns);
      }
    };
  }
}
