package org.sgsars.producer.noise;

import java.util.List;
import org.sgsars.contract.model.LayerList;
import org.sgsars.contract.model.Settings;
import org.sgsars.contract.policy.Parameter;
import org.sgsars.producer.core.GradientSource;
import org.sgsars.producer.core.SourcePolicy;

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
