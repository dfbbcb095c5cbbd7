package org.sgsars.producer.core;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.LayerShape;

/** A source from its beginning again and again, until so many iterations were given. */
public final class RepeatedSource implements GradientSource {
  /** Opens the source at its beginning. */
  @FunctionalInterface
  public interface Opener {
    GradientSource open() throws SourceException;
  }

  private final Opener opener;
  private final long iterations;
  private GradientSource current;
  private long given;

  /**
   * @throws SourceException if the source cannot be opened
   */
  public RepeatedSource(Opener opener, long iterations) throws SourceException {
    this.opener = opener;
    this.iterations = iterations;
    this.current = opener.open();
  }

  @Override
  public String description() {
    return current.description();
  }

  @Override
  public List<LayerShape> layers() {
    return current.layers();
  }

  @Override
  public List<String> notices() {
    return current.notices();
  }

  @Override
  public double weightDecay() {
    return current.weightDecay();
  }

  @Override
  public boolean hasWeights() {
    return current.hasWeights();
  }

  @Override
  public List<LayerTensor> initialWeights() throws SourceException {
    return current.initialWeights();
  }

  @Override
  public @Nullable List<LayerTensor> next() throws SourceException {
    if (given == iterations) {
      return null;
    }
    List<LayerTensor> tensors = current.next();
    if (tensors == null && given > 0) {
      current.close();
      current = opener.open();
      tensors = current.next();
    }
    given += tensors == null ? 0 : 1;
    return tensors;
  }

  @Override
  public void close() throws SourceException {
    current.close();
  }
}
