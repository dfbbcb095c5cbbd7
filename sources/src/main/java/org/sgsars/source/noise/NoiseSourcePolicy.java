package org.sgsars.source.noise;

import java.util.List;
import org.sgsars.model.LayerList;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;
import org.sgsars.source.GradientSource;
import org.sgsars.source.SourcePolicy;

/** Gradients that are nothing but noise, of any shapes: for sizing and measuring, not for wear. */
public final class NoiseSourcePolicy implements SourcePolicy {
  private static final String LAYERS = "layers";
  private static final String SEED = "seed";

  @Override
  public String kind() {
    return "noise";
  }

  @Override
  public String summary() {
    return "Normal noise in the shapes of a list of layers: what a network of that size costs to run.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.layers(LAYERS, true, "The layers."),
        Parameter.wholeNumber(SEED, 1, 0, "", "Another seed is other noise."));
  }

  @Override
  public GradientSource open(Settings settings) {
    return new NoiseSource(LayerList.fromText(settings.text(LAYERS)), settings.wholeNumber(SEED));
  }
}
