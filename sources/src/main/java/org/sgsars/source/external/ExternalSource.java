package org.sgsars.source.external;

import java.util.List;
import java.util.Optional;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.SourceException;
import org.sgsars.source.Training;
import org.sgsars.source.TrainingSource;

/** The layers of a network that trains elsewhere. */
final class ExternalSource implements TrainingSource {
  private static final String ELSEWHERE =
      "the program that trains sends its gradients itself, and its weights";

  private final MappedNetwork network;

  ExternalSource(MappedNetwork network) {
    this.network = network;
  }

  @Override
  public String description() {
    return "a training in a program of its own";
  }

  @Override
  public List<LayerShape> layers() {
    return network.layers();
  }

  @Override
  public Optional<List<ParameterShape>> digital() {
    return Optional.of(network.digital());
  }

  @Override
  public List<String> notices() {
    return network.notices();
  }

  /** What decays weights is in what the program's optimizer does. */
  @Override
  public double weightDecay() {
    return 0;
  }

  @Override
  public boolean hasWeights() {
    return false;
  }

  @Override
  public List<LayerTensor> initialWeights() throws SourceException {
    throw new SourceException(ELSEWHERE);
  }

  @Override
  public long iterationsPerEpoch() {
    throw new IllegalStateException("It counts no epochs");
  }

  @Override
  public Training startTraining() throws SourceException {
    throw new SourceException(ELSEWHERE);
  }

  @Override
  public void close() {}
}
