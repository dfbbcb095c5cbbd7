package org.sgsars.source;

import java.util.List;
import java.util.Optional;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/** Says what another source says, but for what a subclass has otherwise. */
public abstract class ForwardingSource implements LayerSource {
  /** The other source, which is closed with this one. */
  protected abstract LayerSource source();

  @Override
  public String description() {
    return source().description();
  }

  @Override
  public List<LayerShape> layers() {
    return source().layers();
  }

  @Override
  public Optional<List<ParameterShape>> digital() {
    return source().digital();
  }

  @Override
  public List<String> notices() {
    return source().notices();
  }

  @Override
  public double weightDecay() {
    return source().weightDecay();
  }

  @Override
  public boolean hasWeights() {
    return source().hasWeights();
  }

  @Override
  public List<LayerTensor> initialWeights() throws SourceException {
    return source().initialWeights();
  }

  @Override
  public void close() throws SourceException {
    source().close();
  }
}
