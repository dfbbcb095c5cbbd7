package org.sgsars.source.noise;

import java.util.List;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.Setting;
import org.sgsars.source.GradientSource;
import org.sgsars.source.SourcePolicy;

/** Gradients that are nothing but noise, of any shapes: for sizing and measuring, not for wear. */
public final class NoiseSourcePolicy implements SourcePolicy<NoiseSourcePolicy.Settings> {
  @Override
  public String kind() {
    return "noise";
  }

  @Override
  public String summary() {
    return "Normal noise in the shapes of such layers: what a network of that size costs to run; its wear means nothing.";
  }

  /**
   * Which noise.
   *
   * @param layers whose gradients are noise
   * @param seed of the noise
   */
  public record Settings(
      @Setting(
              about =
                  "The layers: a list of {name, rows, columns}, or the path of a YAML or JSON file with one; every name once.")
          List<LayerShape> layers,
      @Setting(
              about = "Another seed is other noise.",
              least = 0,
              most = Integer.MAX_VALUE,
              fallback = "1")
          int seed) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public GradientSource open(Settings settings) {
    return new NoiseSource(settings.layers, settings.seed);
  }
}
