package org.sgsars.sparsifier;

import org.sgsars.model.LayerShape;

/**
 * The selections that the source gives, as they are. Only the bench has such sources; where
 * gradients come in there is nothing to take them from.
 */
public final class GivenSparsifier implements SparsifierPolicy<GivenSparsifier.Settings> {
  @Override
  public String kind() {
    return "given";
  }

  @Override
  public String summary() {
    return "For the bench: writes what the source selects.";
  }

  /** What is given is written as it is. */
  public record Settings() implements SparsifierSettings {
    @Override
    public QuantizationSettings quantization() {
      return QuantizationSettings.NONE;
    }
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
    throw new IllegalArgumentException(
        "sparsifier 'given' takes selections from the source, and gradients hold none");
  }
}
