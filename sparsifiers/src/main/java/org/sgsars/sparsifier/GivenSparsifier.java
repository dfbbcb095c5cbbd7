package org.sgsars.sparsifier;

import java.util.List;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/**
 * The selections that the source gives, as they are. Only the bench has such sources; where
 * gradients come in there is nothing to take them from.
 */
public final class GivenSparsifier implements SparsifierPolicy {
  @Override
  public String kind() {
    return "given";
  }

  @Override
  public String summary() {
    return "Writes what the source's selections say; for the bench.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  /** What is given is written as it is. */
  @Override
  public List<Parameter> allParameters() {
    return parameters();
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
